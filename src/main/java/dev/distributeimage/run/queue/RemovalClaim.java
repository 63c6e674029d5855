package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import dev.distributeimage.aws.Place;
import dev.distributeimage.run.LeftoverReason;
import dev.distributeimage.run.RunInput;
import org.jspecify.annotations.Nullable;

/**
 * A distribution configuration that a worker holds on lease, to remove it.
 *
 * @param run the ended run that made it
 * @param input the request for that run
 * @param left when the run ceased to need it
 * @param attempts the number of consecutive failed attempts
 * @param gone whether AWS has said that it is gone
 * @param lateUntil until when an earlier delete that nobody answered may still be carried
 * out, or null
 * @param lease its version is that of the run
 */
public record RemovalClaim(UUID id, UUID run, String arn, LeftoverReason reason, RunInput input, Instant left,
		int attempts, boolean gone, @Nullable Instant lateUntil, Lease lease) {

	/** The account and Region of the configuration. */
	public Place place() {
		return Place.of(this.arn);
	}

	/** When the claim was made, by the database's clock. */
	public Instant now() {
		return this.lease.claimedAt();
	}

	/** How long an earlier delete may still be carried out; zero if none may. */
	public Duration untilSettled() {
		return (this.lateUntil != null && this.lateUntil.isAfter(now())) ? Duration.between(now(), this.lateUntil)
				: Duration.ZERO;
	}

	/**
	 * Whether the lease leaves time for a call with this timeout, and the same again to
	 * store its outcome.
	 */
	public boolean hasTimeForACall(Duration attemptTimeout) {
		return this.lease.hasTimeForACall(attemptTimeout);
	}

}
