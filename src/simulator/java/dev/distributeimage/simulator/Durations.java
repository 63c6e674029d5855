package dev.distributeimage.simulator;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses durations in short notation. */
final class Durations {

	private static final Pattern SHORT = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

	private Durations() {
	}

	/** Parses 500ms, 2s, 5m, 1h or ISO 8601. */
	static Duration parse(String text) {
		Matcher matcher = SHORT.matcher(text);
		if (!matcher.matches()) {
			return Duration.parse(text);
		}
		long amount = Long.parseLong(matcher.group(1));
		return switch (matcher.group(2)) {
			case "ms" -> Duration.ofMillis(amount);
			case "s" -> Duration.ofSeconds(amount);
			case "m" -> Duration.ofMinutes(amount);
			default -> Duration.ofHours(amount);
		};
	}

}
