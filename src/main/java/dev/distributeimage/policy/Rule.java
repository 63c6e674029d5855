package dev.distributeimage.policy;

import java.util.List;

import dev.distributeimage.api.problem.Violation;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * A key of a policy.
 *
 * @param key the key
 * @param paths the inputs that it is about, each as a JSON Pointer in which {@code *}
 * stands for each entry of a list and each member of an object
 * @param condition what each of them must meet
 * @param aboutAbsent whether an input that is left out must meet it too
 */
record Rule(String key, List<String> paths, Condition condition, boolean aboutAbsent) {

	/** How much of what is refused a violation repeats, in characters. */
	private static final int LONGEST = 200;

	static Rule of(String key, Condition condition, String... paths) {
		return new Rule(key, List.of(paths), condition, false);
	}

	/** The same rule, also for an input that is left out. */
	Rule orAbsent() {
		return new Rule(this.key, this.paths, this.condition, true);
	}

	/** The part of an input that is not allowed, or null if all of it is. */
	@Nullable String refused(RequestedRun run, Input input) {
		return this.condition.refused(run, input);
	}

	/**
	 * The violation by an input in the policy of this name. It names the rule, and not
	 * what the rule allows: that is the operator's.
	 */
	Violation violation(String policy, Input input, String refused) {
		String rule = policy + "." + this.key;
		return Violation.ofRule(rule, input.pointer(),
				"%s does not allow %s.".formatted(rule, StringUtils.truncate(refused, LONGEST)));
	}

	/** A condition that an input must meet. */
	interface Condition {

		/** The part of an input that is not allowed, or null if all of it is. */
		@Nullable String refused(RequestedRun run, Input input);

	}

}
