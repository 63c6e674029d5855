package dev.distributeimage.security;

import java.util.Map;

import org.apache.coyote.Response;

/** Headers of every answer. An answer that needs another value replaces it. */
final class SecurityHeaders {

	private static final Map<String, String> ALL = Map.of("X-Content-Type-Options", "nosniff", "Cache-Control",
			"no-store", "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'", "Referrer-Policy",
			"no-referrer", "Cross-Origin-Resource-Policy", "same-origin");

	private SecurityHeaders() {
	}

	/**
	 * Sets them.
	 * @param tls whether the answer goes over TLS, to which browsers are then bound for a
	 * year (HSTS)
	 */
	static void set(Response response, boolean tls) {
		ALL.forEach(response::setHeader);
		if (tls) {
			response.setHeader("Strict-Transport-Security", "max-age=31536000");
		}
	}

}
