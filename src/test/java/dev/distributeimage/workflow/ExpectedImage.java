package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

import dev.distributeimage.run.Image;
import dev.distributeimage.run.RunStatus;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** The image of a run, as its polls have shown it. */
@NullUnmarked
final class ExpectedImage {

	private static final Duration DISBELIEF = Duration.ofMinutes(5);

	private static final int MISSES_OF_A_DELETED_IMAGE = 3;

	private static final Set<String> AFTER_BUILD = Set.of("TESTING", "DISTRIBUTING", "INTEGRATING");

	private static final Map<String, RunStatus> ENDS = Map.of("AVAILABLE", RunStatus.SUCCEEDED, "DEPRECATED",
			RunStatus.SUCCEEDED, "DISABLED", RunStatus.SUCCEEDED, "FAILED", RunStatus.FAILED, "DELETED",
			RunStatus.FAILED, "CANCELLED", RunStatus.CANCELLED);

	private @Nullable Image last;

	private int missed;

	private boolean built;

	/** A final status that a cancel or a retry has made stale. */
	private @Nullable String disbelieved;

	private Instant disbelievedUntil;

	@Nullable String status() {
		return (this.last != null) ? this.last.status() : null;
	}

	/** Whether its build is known to be completed. */
	boolean isBuilt() {
		return this.built;
	}

	void foundBuilt() {
		this.built = true;
	}

	boolean isShownBy(AwsCall poll) {
		return poll.image().equals(this.last);
	}

	/** The end of a run whose poll was answered like this; null if it goes on. */
	@Nullable RunStatus endShownBy(AwsCall poll) {
		return isStale(poll) ? null : ENDS.get(String.valueOf(poll.image().status()));
	}

	private boolean isStale(AwsCall poll) {
		return this.disbelieved != null && this.disbelieved.equals(poll.image().status())
				&& poll.claimedAt().isBefore(this.disbelievedUntil);
	}

	void seen(AwsCall poll) {
		if (!isStale(poll)) {
			this.disbelieved = null;
		}
		this.last = poll.image();
		this.missed = 0;
		this.built |= AFTER_BUILD.contains(String.valueOf(status()));
	}

	void missed() {
		this.missed++;
	}

	void notMissed() {
		this.missed = 0;
	}

	/** Whether this many misses in a row make it a deleted one. */
	boolean isGone() {
		return this.missed >= MISSES_OF_A_DELETED_IMAGE;
	}

	/** Whether one more miss makes it a deleted one. */
	boolean isNearlyGone() {
		return this.missed == MISSES_OF_A_DELETED_IMAGE - 1;
	}

	/** AWS was asked for something that makes the last status stale if it is final. */
	void disbelieveTheEndSeen(Instant now) {
		if (ENDS.containsKey(String.valueOf(status()))) {
			this.disbelieved = status();
			this.disbelievedUntil = now.plus(DISBELIEF);
		}
	}

	void believe() {
		this.disbelieved = null;
	}

}
