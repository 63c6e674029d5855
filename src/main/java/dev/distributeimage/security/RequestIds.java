package dev.distributeimage.security;

import java.util.UUID;

import org.apache.coyote.Request;

/**
 * Ids of requests: as their senders name them, if the name is plain, so that a request
 * can be followed through several services.
 */
final class RequestIds {

	/** The header of requests and answers. */
	static final String HEADER = "X-Request-Id";

	/** The name in the log's context. */
	static final String LOGGED = "requestId";

	private static final int LONGEST = 128;

	private RequestIds() {
	}

	static String of(Request request) {
		String sent = request.getHeader(HEADER);
		return (sent != null && isPlain(sent)) ? sent : UUID.randomUUID().toString();
	}

	private static boolean isPlain(String id) {
		return !id.isEmpty() && id.length() <= LONGEST && id.chars().allMatch(RequestIds::isPlainSign);
	}

	private static boolean isPlainSign(int sign) {
		return (sign >= 'a' && sign <= 'z') || (sign >= 'A' && sign <= 'Z') || (sign >= '0' && sign <= '9')
				|| sign == '-' || sign == '.' || sign == '_';
	}

}
