package dev.distributeimage.arazzo;

import java.time.Duration;

/** The limits of the time between two calls. */
public record Pause(Duration from, Duration to) {

	static final Pause NONE = new Pause(Duration.ZERO, Duration.ZERO);

	/** Returns the same pause with this minimum. */
	Pause atLeast(Duration least) {
		return new Pause(longer(this.from, least), longer(this.to, least));
	}

	private static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) >= 0) ? one : other;
	}

}
