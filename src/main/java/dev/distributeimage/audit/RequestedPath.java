package dev.distributeimage.audit;

import java.util.UUID;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** Reads the paths of requests, which need not be valid. */
final class RequestedPath {

	private static final String RUNS = "/v1/runs/";

	private static final int LENGTH_OF_ID = 36;

	private RequestedPath() {
	}

	/** The run in the path, or null. */
	static @Nullable UUID run(HttpServletRequest request) {
		String path = request.getRequestURI();
		int end = RUNS.length() + LENGTH_OF_ID;
		if (path == null || !path.startsWith(RUNS) || path.length() < end
				|| (path.length() > end && path.charAt(end) != '/')) {
			return null;
		}
		try {
			return UUID.fromString(path.substring(RUNS.length(), end));
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
