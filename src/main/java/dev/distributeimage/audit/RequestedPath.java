package dev.distributeimage.audit;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/** Reads the paths of requests, which need not be valid. */
final class RequestedPath {

	/** Of the API and of the page. */
	private static final List<String> RUNS = List.of("/v1/runs/", "/runs/");

	private static final int LENGTH_OF_ID = 36;

	private RequestedPath() {
	}

	/** The run in the path, or null. */
	static @Nullable UUID run(HttpServletRequest request) {
		String path = Objects.requireNonNullElse(request.getRequestURI(), "");
		return RUNS.stream()
			.filter(path::startsWith)
			.findAny()
			.map((runs) -> id(path.substring(runs.length())))
			.orElse(null);
	}

	private static @Nullable UUID id(String path) {
		if (path.length() < LENGTH_OF_ID || (path.length() > LENGTH_OF_ID && path.charAt(LENGTH_OF_ID) != '/')) {
			return null;
		}
		try {
			return UUID.fromString(path.substring(0, LENGTH_OF_ID));
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
