package dev.distributeimage.page;

import java.time.Duration;

/** Durations in words. */
final class Spans {

	private Spans() {
	}

	/** In the largest unit that fits: {@code 12 min}. */
	static String rough(Duration duration) {
		if (duration.toDays() > 1) {
			return duration.toDays() + " days";
		}
		if (duration.toHours() > 1) {
			return duration.toHours() + " h";
		}
		return (duration.toMinutes() > 0) ? duration.toMinutes() + " min" : duration.toSeconds() + " s";
	}

	/** In the two largest units: {@code 12 min 5 s}. */
	static String exact(Duration duration) {
		if (duration.toDays() > 0) {
			return "%d d %d h".formatted(duration.toDays(), duration.toHoursPart());
		}
		if (duration.toHours() > 0) {
			return "%d h %d min".formatted(duration.toHours(), duration.toMinutesPart());
		}
		if (duration.toMinutes() > 0) {
			return "%d min %d s".formatted(duration.toMinutes(), duration.toSecondsPart());
		}
		return (duration.toSeconds() > 0) ? duration.toSeconds() + " s" : "under 1 s";
	}

}
