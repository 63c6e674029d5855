package dev.distributeimage.policy;

import java.util.List;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.run.RunInput;

/** What some callers may ask for. */
record Policy(String name, List<Rule> rules) {

	/**
	 * All that the policy does not allow; one more than are listed, if there are very
	 * many.
	 */
	List<Violation> violations(RunInput inputs) {
		RequestedRun run = new RequestedRun(inputs);
		return this.rules.stream()
			.flatMap((rule) -> rule.violations(this.name, run))
			.limit(ProblemException.MOST_LISTED + 1L)
			.toList();
	}

}
