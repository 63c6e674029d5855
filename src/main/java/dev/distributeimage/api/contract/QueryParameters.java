package dev.distributeimage.api.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;

/** The query of a request. Unknown parameters are rejected, not ignored. */
public final class QueryParameters {

	private final Map<String, String[]> values;

	private QueryParameters(Map<String, String[]> values) {
		this.values = values;
	}

	/**
	 * The query, which may contain only the known parameters.
	 * @throws ProblemException that lists all unknown parameters
	 */
	public static QueryParameters of(HttpServletRequest request, Set<String> known) {
		Map<String, String[]> values = request.getParameterMap();
		List<Violation> violations = new ArrayList<>();
		values.keySet().stream().filter((name) -> !known.contains(name)).forEach((name) -> {
			String parameters = known.isEmpty() ? "There are none here."
					: "Known parameters: " + String.join(", ", known) + ".";
			violations.add(Violation.ofParameter(name, "Unknown parameter. " + parameters));
		});
		if (!violations.isEmpty()) {
			throw ProblemException.invalid(violations);
		}
		return new QueryParameters(values);
	}

	/**
	 * Whether the parameter is true. Defaults to false.
	 * @throws ProblemException if it is neither true nor false
	 */
	public boolean isTrue(String name) {
		String[] given = this.values.getOrDefault(name, new String[] { "false" });
		if (given.length > 1) {
			throw ProblemException.invalid(List.of(Violation.ofParameter(name, "Must be given only once.")));
		}
		return switch (given[0]) {
			case "true" -> true;
			case "false" -> false;
			default -> throw ProblemException.invalid(List.of(Violation.ofParameter(name, "Must be true or false.")));
		};
	}

}
