package dev.distributeimage.api.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;
import jakarta.servlet.http.HttpServletRequest;

/**
 * The query of a request. Unknown parameters are rejected, not ignored. Violations are
 * collected, so that a caller learns of all of them at once.
 */
public final class QueryParameters {

	private final Map<String, String[]> values;

	private final List<Violation> violations = new ArrayList<>();

	private QueryParameters(Map<String, String[]> values) {
		this.values = values;
	}

	/**
	 * The query, which may contain only the known parameters.
	 * @throws ProblemException that lists all unknown parameters
	 */
	public static QueryParameters of(HttpServletRequest request, Set<String> known) {
		QueryParameters query = collecting(request, known);
		query.requireValid();
		return query;
	}

	/**
	 * The query, with its unknown parameters as the first violations. To be followed by
	 * {@link #requireValid()}.
	 */
	public static QueryParameters collecting(HttpServletRequest request, Set<String> known) {
		QueryParameters query = new QueryParameters(request.getParameterMap());
		query.values.keySet()
			.stream()
			.filter((name) -> !known.contains(name))
			.forEach((name) -> query.violated(name, "Unknown parameter. " + list(known)));
		return query;
	}

	private static String list(Set<String> known) {
		return known.isEmpty() ? "There are none here."
				: "Known parameters: " + String.join(", ", new TreeSet<>(known)) + ".";
	}

	/** The value of a parameter that must not be repeated. */
	public Optional<String> one(String name) {
		List<String> given = all(name);
		if (given.size() > 1) {
			violated(name, "Must be given only once.");
			return Optional.empty();
		}
		return given.stream().findFirst();
	}

	/** The values of a parameter that may be repeated. */
	public List<String> all(String name) {
		return List.of(this.values.getOrDefault(name, new String[0]));
	}

	/** Adds a violation. */
	public void violated(String name, String detail) {
		Violation violation = Violation.ofParameter(name, detail);
		if (!this.violations.contains(violation)) {
			this.violations.add(violation);
		}
	}

	/**
	 * Ends the request if there are violations.
	 * @throws ProblemException that lists all of them
	 */
	public void requireValid() {
		if (!this.violations.isEmpty()) {
			throw ProblemException.invalid(this.violations);
		}
	}

	/**
	 * Whether the parameter is true; false, if it is not given.
	 * @throws ProblemException if it is neither true nor false
	 */
	public boolean isTrue(String name) {
		String value = one(name).orElse("false");
		if (!value.equals("true") && !value.equals("false")) {
			violated(name, "Must be true or false.");
		}
		requireValid();
		return value.equals("true");
	}

}
