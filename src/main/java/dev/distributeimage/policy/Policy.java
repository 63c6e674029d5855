package dev.distributeimage.policy;

import java.util.ArrayList;
import java.util.List;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.policy.PolicySettings.OwnLimits;
import dev.distributeimage.run.RunInput;

/**
 * What some callers may ask for.
 *
 * @param limits how much of it
 */
record Policy(String name, List<Rule> rules, OwnLimits limits) {

	/**
	 * All that the policy does not allow; one more than are listed, if there are very
	 * many.
	 */
	List<Violation> violations(RunInput inputs) {
		RequestedRun run = new RequestedRun(inputs);
		List<Violation> violations = new ArrayList<>();
		this.rules.forEach((rule) -> rule.violations(this.name, run, (violation) -> {
			if (violations.size() <= ProblemException.MOST_LISTED) {
				violations.add(violation.get());
			}
		}));
		return violations;
	}

}
