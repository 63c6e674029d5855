package dev.distributeimage.policy;

import java.util.ArrayList;
import java.util.List;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.policy.PolicySettings.LimitOverrides;
import dev.distributeimage.run.RunInput;

/**
 * Rules for what some callers may ask for.
 *
 * @param inputs what the rules are about
 * @param limits how much they may ask for
 */
record Policy(String name, List<Rule> rules, RuledInputs inputs, LimitOverrides limits) {

	Policy(String name, List<Rule> rules, LimitOverrides limits) {
		this(name, rules, RuledInputs.of(rules), limits);
	}

	/**
	 * All that the policy does not allow; one more than are listed, if there are very
	 * many.
	 */
	List<Violation> violations(RunInput asked) {
		RequestedRun run = new RequestedRun(asked);
		List<Violation> violations = new ArrayList<>();
		this.inputs.visit(run.root(), (rule, input) -> {
			String refused = rule.refused(run, input);
			if (refused != null && violations.size() <= ProblemException.MOST_LISTED) {
				violations.add(rule.violation(this.name, input, refused));
			}
		});
		return violations;
	}

}
