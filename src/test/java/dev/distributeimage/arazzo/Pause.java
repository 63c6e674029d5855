package dev.distributeimage.arazzo;

import java.time.Duration;

/** How long may lie between two calls. */
public record Pause(Duration from, Duration to) {

	static final Pause NONE = new Pause(Duration.ZERO, Duration.ZERO);

	/** The same, but no shorter than that. */
	Pause atLeast(Duration least) {
		return new Pause(longer(this.from, least), longer(this.to, least));
	}

	private static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) >= 0) ? one : other;
	}

}
