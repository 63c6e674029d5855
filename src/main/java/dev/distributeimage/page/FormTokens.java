package dev.distributeimage.page;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import dev.distributeimage.api.contract.JsonBody;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.security.PageSignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRequestHandler;
import org.springframework.security.web.csrf.XorCsrfTokenRequestAttributeHandler;
import org.springframework.util.StringUtils;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.util.UriUtils;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Takes only forms that the page has made: each has a token, and a cookie has another
 * form of it (CSRF).
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication
@Conditional(PageServed.class)
class FormTokens {

	static final String FIELD = "_csrf";

	private static final String FOREIGN = "The form is not one of this page, or out of date. Open the run again, and send it from there.";

	/** Before the filters that ask who it is. */
	private static final int ORDER = -101;

	/** Bytes that a form may have: those of this page have a token, and nothing else. */
	private static final int LARGEST = 4 * 1024;

	@Bean
	FilterRegistrationBean<CsrfFilter> formTokenFilter(
			@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems, Environment environment) {
		boolean secure = PageSignIn.of(environment) == PageSignIn.POSSIBLE;
		CookieCsrfTokenRepository cookies = new CookieCsrfTokenRepository();
		cookies.setCookieName(secure ? "__Host-form-token" : "form-token");
		cookies.setCookieCustomizer((cookie) -> cookie.path("/").httpOnly(true).secure(secure).sameSite("Strict"));
		CsrfFilter filter = new CsrfFilter(cookies);
		filter.setRequestHandler(new FormBodies());
		filter.setAccessDeniedHandler((request, response, ex) -> problems.resolveException(request, response, null,
				FormBodies.problem(request)));
		FilterRegistrationBean<CsrfFilter> registration = new FilterRegistrationBean<>(filter);
		registration.addUrlPatterns("/runs", "/runs/*", "/sign-out");
		registration.setOrder(ORDER);
		return registration;
	}

	/**
	 * Reads forms as the rest of the service reads bodies: what has arrived in parts is
	 * no parameter for the container. Nobody has signed in here, so that little is
	 * accepted.
	 */
	private static final class FormBodies implements CsrfTokenRequestHandler {

		private static final String PROBLEM = FormBodies.class.getName() + ".problem";

		private final XorCsrfTokenRequestAttributeHandler masked = new XorCsrfTokenRequestAttributeHandler();

		@Override
		public void handle(HttpServletRequest request, HttpServletResponse response, Supplier<CsrfToken> token) {
			this.masked.handle(request, response, token);
		}

		@Override
		public @Nullable String resolveCsrfTokenValue(HttpServletRequest request, CsrfToken token) {
			try {
				String sent = isForm(request) ? sent(body(request)) : null;
				return (sent != null) ? this.masked.resolveCsrfTokenValue(new SentToken(request, sent), token) : null;
			}
			catch (ProblemException ex) {
				// The filter would let it through to the container.
				request.setAttribute(PROBLEM, ex);
				return null;
			}
		}

		/** Why the form of a request is refused. */
		static ProblemException problem(HttpServletRequest request) {
			return (request.getAttribute(PROBLEM) instanceof ProblemException problem) ? problem : new ProblemException(
					ProblemType.FORBIDDEN, FOREIGN, Map.of("errors", List.of(Violation.ofRule("form", FOREIGN))));
		}

		private static boolean isForm(HttpServletRequest request) {
			String type = request.getContentType();
			try {
				return type != null && MediaType.APPLICATION_FORM_URLENCODED.isCompatibleWith(MediaType.valueOf(type));
			}
			catch (InvalidMediaTypeException ex) {
				return false;
			}
		}

		private static String body(HttpServletRequest request) {
			requireSmall(request.getContentLengthLong());
			byte[] body = JsonBody.read(request);
			requireSmall(body.length);
			return new String(body, UTF_8);
		}

		private static void requireSmall(long length) {
			if (length > LARGEST) {
				throw new ProblemException(ProblemType.TOO_LARGE, "A form must not be larger than 4 KiB.");
			}
		}

		private static @Nullable String sent(String form) {
			return Arrays.stream(StringUtils.delimitedListToStringArray(form, "&"))
				.filter((field) -> field.startsWith(FIELD + "="))
				.findFirst()
				.map((field) -> decoded(field.substring(FIELD.length() + 1)))
				.orElse(null);
		}

		private static String decoded(String value) {
			try {
				return UriUtils.decode(value.replace("+", "%20"), UTF_8);
			}
			catch (IllegalArgumentException ex) {
				throw new ProblemException(ProblemType.INVALID_REQUEST, "The form is malformed.");
			}
		}

	}

	/** A request with the token that its body has. */
	private static final class SentToken extends HttpServletRequestWrapper {

		private final String value;

		SentToken(HttpServletRequest request, String value) {
			super(request);
			this.value = value;
		}

		@Override
		public @Nullable String getHeader(String name) {
			return null;
		}

		@Override
		public @Nullable String getParameter(String name) {
			return this.value;
		}

	}

}
