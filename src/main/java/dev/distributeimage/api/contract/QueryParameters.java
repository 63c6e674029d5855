package dev.distributeimage.api.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;

/** The query of a request, of which nothing is ignored. */
public final class QueryParameters {

	private final Map<String, String[]> values;

	private QueryParameters(Map<String, String[]> values) {
		this.values = values;
	}

	/**
	 * The query, if it has no other parameters than these.
	 * @throws ProblemException with all parameters that are not known
	 */
	public static QueryParameters of(HttpServletRequest request, Set<String> known) {
		Map<String, String[]> values = request.getParameterMap();
		List<Violation> violations = new ArrayList<>();
		values.keySet().stream().filter((name) -> !known.contains(name)).forEach((name) -> {
			String parameters = known.isEmpty() ? "There are none." : "There are: " + String.join(", ", known) + ".";
			violations.add(Violation.ofParameter(name, "There is no parameter of this name here. " + parameters));
		});
		if (!violations.isEmpty()) {
			throw ProblemException.invalid(violations);
		}
		return new QueryParameters(values);
	}

	/**
	 * Whether the parameter is true; false, if it is not given.
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
