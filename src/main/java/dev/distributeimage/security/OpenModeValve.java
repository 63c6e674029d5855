package dev.distributeimage.security;

import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import dev.distributeimage.audit.RequestFailed;
import dev.distributeimage.caller.Caller;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what only a web page of somebody else would send: a Host that this service does
 * not have (DNS rebinding), and unsafe methods across origins (CSRF). Bodies are not
 * read.
 */
class OpenModeValve extends ValveBase {

	private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

	/** Load balancers ask them by address. */
	private static final Set<String> PROBES = Set.of("/livez", "/readyz");

	private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

	private static final Set<String> SITES = Set.of("same-origin", "none");

	private final Set<String> hosts = new HashSet<>(THIS_MACHINE);

	OpenModeValve(Collection<String> moreHosts) {
		super(true);
		this.hosts.addAll(moreHosts);
	}

	@Override
	public void invoke(Request request, Response response) throws IOException, ServletException {
		if (response.isErrorReportRequired()) {
			// Tomcat has refused it already.
			getNext().invoke(request, response);
			return;
		}
		// Not the server name, which a proxy's X-Forwarded-Host may set.
		String host = request.getHeader("Host");
		if (!isServed(host) && !PROBES.contains(request.getRequestURI())) {
			RequestFailed.because(request, "host");
			refuse(HttpServletResponse.SC_MISDIRECTED_REQUEST, request, response);
		}
		else if (!SAFE.contains(request.getMethod()) && isForeign(request, host)) {
			RequestFailed.because(request, "origin");
			refuse(HttpServletResponse.SC_FORBIDDEN, request, response);
		}
		else {
			Caller.ANONYMOUS.attachTo(request);
			getNext().invoke(request, response);
		}
	}

	// Tomcat would wait with a thread for a body that has not arrived.
	private static void refuse(int status, Request request, Response response) throws IOException {
		long length = request.getContentLengthLong();
		boolean isChunked = request.getHeader("Transfer-Encoding") != null;
		if (isChunked || (length > 0 && request.getInputStream().available() < length)) {
			request.getCoyoteRequest().action(ActionCode.DISABLE_SWALLOW_INPUT, null);
			response.setHeader("Connection", "close");
		}
		response.sendError(status);
	}

	private boolean isServed(@Nullable String host) {
		if (host == null) {
			return false;
		}
		String authority = host.toLowerCase(Locale.ROOT);
		return this.hosts.contains(authority) || this.hosts.contains(authority.replaceFirst(":[0-9]*$", ""));
	}

	// Browsers hide the origin of a form on a page with "Referrer-Policy: no-referrer",
	// as ours have. They still send Sec-Fetch-Site.
	private static boolean isForeign(Request request, @Nullable String host) {
		List<String> sites = values(request, "Sec-Fetch-Site");
		boolean isOwn = sites.equals(List.of("same-origin"));
		return sites.stream().anyMatch((site) -> !SITES.contains(site)) || values(request, "Origin").stream()
			.anyMatch((origin) -> !isOf(origin, host) && !(isOwn && origin.equals("null")));
	}

	// "null", the origin of a sandboxed frame, has no authority.
	private static boolean isOf(String origin, @Nullable String host) {
		return origin.contains("://") && origin.substring(origin.indexOf("://") + 3).equalsIgnoreCase(host);
	}

	private static List<String> values(Request request, String header) {
		return Collections.list(request.getHeaders(header));
	}

}
