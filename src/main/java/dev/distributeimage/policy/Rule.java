package dev.distributeimage.policy;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.distributeimage.api.problem.Violation;
import org.jspecify.annotations.Nullable;

import org.springframework.util.StringUtils;

/**
 * A key of a policy.
 *
 * @param key the key
 * @param paths the inputs that it is about
 * @param condition what each of them must meet
 */
record Rule(String key, List<InputPath> paths, Condition condition) {

	/** How much of what is refused a violation repeats, in characters. */
	private static final int LONGEST = 200;

	static Rule of(String key, Condition condition, String... paths) {
		return new Rule(key, Stream.of(paths).map(InputPath::of).toList(), condition);
	}

	/** Tells where a run does not comply with the rule in the policy of this name. */
	void violations(String policy, RequestedRun run, Consumer<Supplier<Violation>> found) {
		for (InputPath path : this.paths) {
			run.at(path, (input) -> {
				String refused = this.condition.refused(run, input);
				if (refused != null) {
					found.accept(() -> violation(policy + "." + this.key, input, refused));
				}
			});
		}
	}

	// It names the rule, and not what the rule allows: that is the operator's.
	private static Violation violation(String rule, Input input, String refused) {
		return Violation.ofRule(rule, input.pointer(),
				"%s does not allow %s.".formatted(rule, StringUtils.truncate(refused, LONGEST)));
	}

	/** What an input must meet. */
	interface Condition {

		/** What is not allowed about an input, or null if there is nothing. */
		@Nullable String refused(RequestedRun run, Input input);

	}

}
