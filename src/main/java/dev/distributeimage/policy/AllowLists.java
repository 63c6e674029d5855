package dev.distributeimage.policy;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.startup.RefusedStartException;

/**
 * Turns the lists of a policy into conditions. A list with an entry that could match
 * nothing, or not what its author meant, is refused.
 *
 * @param policy the setting of the policy
 */
record AllowLists(String policy) {

	/** Texts of which any may be asked for. */
	Predicate<String> texts(String key, List<String> texts, Collection<String> known) {
		for (String text : texts) {
			require(known.contains(text), key, "list some of " + String.join(", ", known), text);
		}
		return Set.copyOf(texts)::contains;
	}

	/** Accounts, by their ids. */
	Predicate<String> accounts(String key, List<String> accounts) {
		for (String account : accounts) {
			require(account.length() == 12 && account.chars().allMatch((digit) -> digit >= '0' && digit <= '9'), key,
					"list accounts, each as 12 digits in quotes", account);
		}
		return Set.copyOf(accounts)::contains;
	}

	/** ARNs without wildcards. */
	Predicate<String> wholeArns(String key, List<String> arns, String example) {
		for (String arn : arns) {
			require(isLike(example, arn) && arn.indexOf('*') < 0, key,
					"list whole ARNs such as %s, without a *".formatted(example), arn);
		}
		return Set.copyOf(arns)::contains;
	}

	/** Patterns of ARNs of the service of the example, which are at least as long. */
	Predicate<String> arns(String key, List<String> patterns, String example) {
		for (String pattern : patterns) {
			require(isLike(example, pattern), key, "list patterns such as %s".formatted(example), pattern);
		}
		return patterns(key, patterns);
	}

	private static boolean isLike(String example, String pattern) {
		if (!pattern.startsWith("arn:") || pattern.chars().filter((c) -> c == ':').count() < 5) {
			return false;
		}
		Arn like = Arn.parse(example);
		Arn arn = Arn.parse(pattern);
		return arn.service().equals(like.service()) && slashes(arn) >= slashes(like);
	}

	private static long slashes(Arn arn) {
		return arn.resource().chars().filter((c) -> c == '/').count();
	}

	/** Patterns of texts. */
	Predicate<String> patterns(String key, List<String> patterns) {
		return patterns(key, patterns, (pattern) -> pattern);
	}

	/** Patterns of texts that are compared in another form. */
	Predicate<String> patterns(String key, List<String> patterns, UnaryOperator<String> form) {
		List<TextPattern> all = patterns.stream().map((pattern) -> pattern(key, form.apply(pattern))).toList();
		return (text) -> all.stream().anyMatch((pattern) -> pattern.matches(text));
	}

	/** One pattern, which is not empty. */
	TextPattern pattern(String key, String pattern) {
		require(!pattern.isBlank() && pattern.strip().equals(pattern), key,
				"have patterns that are not empty and do not begin or end with a space", pattern);
		require(!pattern.contains("**"), key, "have one * where it has two: no * stands for : or /", pattern);
		return new TextPattern(pattern);
	}

	/** A maximum. */
	int limit(String key, int limit) {
		require(limit >= 0, key, "not be negative", Integer.toString(limit));
		return limit;
	}

	private void require(boolean met, String key, String what, String given) {
		if (!met) {
			throw new RefusedStartException("%s.%s must %s, and has '%s'.".formatted(this.policy, key, what, given));
		}
	}

}
