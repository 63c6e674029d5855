package dev.distributeimage.run.queue;

import java.time.Duration;

import dev.distributeimage.run.queue.CleanupSettings.Removes;

/** Settings for what runs leave in AWS. */
public final class TestCleanup {

	/** Nothing is removed without a request. */
	public static final CleanupSettings NEVER = new CleanupSettings(Removes.NEVER, Duration.ofHours(24), 10);

	private TestCleanup() {
	}

}
