package dev.distributeimage.api.problem;

import java.util.Map;

import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;

/** Problems of requests that were rejected before they reached a controller. */
public final class Problems {

	private Problems() {
	}

	/** The problem for a status. */
	public static Problem of(HttpStatusCode status) {
		return switch (status.value()) {
			case 400, 414, 431 -> ProblemType.INVALID_REQUEST
				.problem("The request line, the query or a header is malformed, too long or not supported.", Map.of());
			case 401 -> ProblemType.UNAUTHENTICATED.problem("The request has no token that is accepted.", Map.of());
			case 403 -> ProblemType.FORBIDDEN
				.problem("A web page of another origin sent this request; it was not carried out.", Map.of());
			case 404 -> ProblemType.NOT_FOUND.problem("This path does not exist.", Map.of());
			case 405 -> ProblemType.METHOD_NOT_ALLOWED
				.problem("This method is not allowed here; the Allow header lists those that are.", Map.of());
			case 406 -> ProblemType.NOT_ACCEPTABLE.problem("The response would be application/json.", Map.of());
			case 413 -> ProblemType.TOO_LARGE.problem("The body must not be larger than 1 MiB.", Map.of());
			case 415 -> ProblemType.UNSUPPORTED_MEDIA_TYPE
				.problem("The body must be sent with Content-Type: application/json.", Map.of());
			case 421 -> ProblemType.MISDIRECTED
				.problem("The Host header names a host that this service does not serve.", Map.of());
			case 500 -> untyped(status, "Something went wrong in the service; its log says what.");
			case 503 -> ProblemType.UNAVAILABLE.problem("The service is starting or stopping.", Map.of());
			default -> untyped(status, "The request cannot be served.");
		};
	}

	private static Problem untyped(HttpStatusCode status, String detail) {
		HttpStatus known = HttpStatus.resolve(status.value());
		return Problem.untyped(status, (known != null) ? known.getReasonPhrase() : "Error", detail);
	}

}
