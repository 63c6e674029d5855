package dev.distributeimage.workflow;

import java.time.Duration;

import dev.distributeimage.simulator.Ending;

/** The planned end of an image in AWS. */
@SuppressWarnings("ImmutableEnumChecker")
enum PlannedEnd {

	AVAILABLE(Ending.available()),

	FAILS_IN_BUILD(Ending.failedAt("BUILDING", "exit status 1")),

	FAILS_IN_TEST(Ending.failedAt("TESTING", "not tested")),

	FAILS_IN_DISTRIBUTION(Ending.failedAt("DISTRIBUTING", "no room")),

	FAILS_AND_FAILS_AGAIN(
			Ending.failedAt("DISTRIBUTING", "no room").onRetry(Ending.failedAt("DISTRIBUTING", "still no room"))),

	FAILS_AND_IS_RETRIED_LATE(Ending.failedAt("DISTRIBUTING", "no room").retriedAfter(Duration.ofMinutes(2))),

	/** Too fast for a poll to see the completed build. */
	FAILS_UNSEEN(Ending.failedAt("DISTRIBUTING", "no room").atPace(Duration.ofSeconds(1))),

	CANCELLED_IN_BUILD(Ending.cancelledAt("BUILDING")),

	CANCELLED_IN_DISTRIBUTION(Ending.cancelledAt("DISTRIBUTING")),

	DEPRECATED(Ending.turned("DEPRECATED")),

	DISABLED(Ending.turned("DISABLED")),

	DELETED(Ending.turned("DELETED")),

	GONE(Ending.gone()),

	STUCK(Ending.stuckIn("DISTRIBUTING")),

	STATELESS(Ending.stateless()),

	DREAMS_FOR_A_WHILE(Ending.available().by("PENDING", "BUILDING", "DREAMING", "DISTRIBUTING")),

	IGNORES_CANCEL(Ending.available().ignoringCancel());

	private final Ending ending;

	PlannedEnd(Ending ending) {
		this.ending = ending;
	}

	Ending ending() {
		return this.ending;
	}

}
