package dev.distributeimage.api.problem;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/** Ends a request with a problem. */
@SuppressWarnings("serial")
public final class ProblemException extends RuntimeException {

	/**
	 * Maximum number of violations listed. A body of 1 MiB can contain hundreds of
	 * thousands, and their list would be a hundred times its size.
	 */
	public static final int MOST_LISTED = 1000;

	private final ProblemType type;

	private final Problem problem;

	private Map<String, String> headers = Map.of();

	public ProblemException(ProblemType type, String detail) {
		this(type, detail, Map.of());
	}

	public ProblemException(ProblemType type, String detail, Map<String, Object> members) {
		super(detail);
		this.type = type;
		this.problem = type.problem(detail, members);
	}

	public ProblemException(ProblemType type, String detail, Throwable cause) {
		this(type, detail);
		initCause(cause);
	}

	/** The problem of a request that is not valid. */
	public static ProblemException invalid(List<Violation> violations) {
		return of(ProblemType.INVALID_REQUEST, "valid", violations);
	}

	/** The problem of a request that asks for more than its sender may ask for. */
	public static ProblemException notAllowed(List<Violation> violations) {
		return of(ProblemType.NOT_ALLOWED, "allowed", violations);
	}

	private static ProblemException of(ProblemType type, String wanted, List<Violation> violations) {
		List<Violation> listed = violations.subList(0, Math.min(violations.size(), MOST_LISTED));
		String detail = (violations.size() > MOST_LISTED)
				? "More than %d parts of the request are not %s; only the first are listed.".formatted(MOST_LISTED,
						wanted)
				: "%d %s not %s.".formatted(violations.size(),
						(violations.size() == 1) ? "part of the request is" : "parts of the request are", wanted);
		return new ProblemException(type, detail, Map.of("errors", listed));
	}

	/** The problem of what belongs to another account than the service's credentials. */
	public static ProblemException otherAccount(String account) {
		return otherAccount(account, null);
	}

	/**
	 * The same of a request that names the account.
	 * @param pointer where; null if it does not
	 */
	public static ProblemException otherAccount(String account, @Nullable String pointer) {
		return new ProblemException(ProblemType.NOT_ALLOWED, "The service may not do what the request asks for.",
				Map.of("errors", List.of(new Violation(pointer, null, "accounts",
						"The service has no AWS credentials for the account %s.".formatted(account)))));
	}

	/**
	 * The problem of a request beyond a limit of its sender.
	 * @param policy the name of the limit, as in the field {@code RateLimit-Policy}
	 * @param seconds when it may be worth it to send the request again
	 */
	public static ProblemException quotaExceeded(String policy, String detail, long seconds) {
		ProblemException problem = new ProblemException(ProblemType.QUOTA_EXCEEDED, detail,
				Map.of("violated-policies", List.of(policy)));
		problem.headers = Map.of(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
		return problem;
	}

	public ProblemType type() {
		return this.type;
	}

	public Problem problem() {
		return this.problem;
	}

	/** Headers that the response has besides those of every problem of its type. */
	Map<String, String> headers() {
		return this.headers;
	}

}
