package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Optional;

import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import dev.distributeimage.run.Certainty;
import dev.distributeimage.run.LeftoverReason;
import dev.distributeimage.run.RemovalFailure;
import dev.distributeimage.run.queue.ConfigurationUser;
import dev.distributeimage.run.queue.RemovalClaim;
import dev.distributeimage.run.queue.RemovalOutcome;
import dev.distributeimage.run.queue.RemovalOutcome.GivenUp;
import dev.distributeimage.run.queue.RemovalOutcome.Gone;
import dev.distributeimage.run.queue.RemovalOutcome.Postponed;
import dev.distributeimage.run.queue.RemovalOutcome.Removed;
import dev.distributeimage.run.queue.RemovalQueue;
import dev.distributeimage.workflow.pace.Backoff;
import dev.distributeimage.workflow.pace.Throttles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the distribution configuration that a run has left. A repeat is harmless: it
 * looks first whether the configuration is still the one that the run made, and a
 * configuration that is not found is removed.
 * <p>
 * The run's last delete may arrive after a repeat was answered. Until that is ruled out,
 * the removal has not ended, and nobody creates a configuration of this name.
 *
 * @param removesAfterSuccess whether the configuration of a successful run is removed too
 */
record ConfigurationRemoval(ImageBuilder imageBuilder, RemovalQueue removals, Backoff backoff, Throttles throttles,
		Duration attemptTimeout, boolean removesAfterSuccess) {

	private static final Logger logger = LoggerFactory.getLogger(ConfigurationRemoval.class);

	/** How long to wait for a run that may yet use the name. */
	private static final Duration PAUSE_FOR_A_RUN = Duration.ofMinutes(1);

	/**
	 * The result of an attempt.
	 *
	 * @param timedOut whether the Region may be unresponsive
	 */
	record RemovalAttempt(RemovalOutcome outcome, boolean timedOut) {

		RemovalAttempt(RemovalOutcome outcome) {
			this(outcome, false);
		}

	}

	/** Makes the calls of one attempt, if nothing is against it. Stores nothing. */
	RemovalAttempt attempt(RemovalClaim claim) {
		if (claim.gone()) {
			return gone(claim);
		}
		if (claim.reason() == LeftoverReason.SUPERSEDED && !this.removesAfterSuccess) {
			return givenUp("The service is set to keep the configurations of runs that succeeded.");
		}
		Optional<ConfigurationUser> user = this.removals.user(claim);
		return user.isPresent() ? usedBy(user.get()) : call(claim);
	}

	private static RemovalAttempt usedBy(ConfigurationUser user) {
		String run = user.ofOtherOwner() ? "A run of another owner" : "The run %s".formatted(user.run());
		return switch (user.way()) {
			// Names are unique: it cannot be there together with the later one.
			case MADE_AGAIN -> new RemovalAttempt(new Removed());
			case RUNNING ->
				new RemovalAttempt(new Postponed(RemovalFailure.of("%s is in flight and names it.".formatted(run)),
						false, PAUSE_FOR_A_RUN));
			case REUSED, SUCCEEDED -> givenUp("%s uses it.".formatted(run));
		};
	}

	private RemovalAttempt call(RemovalClaim claim) {
		NewDistributionConfiguration made = new NewDistributionConfiguration(claim.run(), claim.place(), claim.input(),
				"");
		try {
			if (!claim.hasTimeForACall(this.attemptTimeout)) {
				return new RemovalAttempt(new Postponed(null, false, Duration.ZERO));
			}
			if (!this.imageBuilder.isUnchanged(claim.arn(), made, claim.left())) {
				return givenUp("It is no longer as the run made it: somebody has changed it or created it again.");
			}
			if (!claim.hasTimeForACall(this.attemptTimeout)) {
				return new RemovalAttempt(new Postponed(null, false, Duration.ZERO));
			}
			this.imageBuilder.deleteDistributionConfiguration(claim.run(), claim.arn());
			this.throttles.succeeded(claim.place());
			return gone(claim);
		}
		catch (ImageBuilderException ex) {
			this.throttles.failed(claim.place(), ex);
			return ex.isNotFound() ? gone(claim) : failed(claim, ex);
		}
	}

	private static RemovalAttempt gone(RemovalClaim claim) {
		return new RemovalAttempt(
				claim.untilSettled().isZero() ? new Removed() : new Gone(claim.untilSettled().plusMillis(1)));
	}

	private RemovalAttempt failed(RemovalClaim claim, ImageBuilderException ex) {
		if (claim.attempts() == 0) {
			logger.warn("The distribution configuration {} of run {} was not removed: {}: {} {}", claim.arn(),
					claim.run(), ex.operation(), ex.code(), ex.getMessage());
		}
		boolean unanswered = ex.certainty() == Certainty.UNKNOWN;
		RemovalFailure failure = new RemovalFailure(ex.code(), ex.message(), ex.requestId());
		if (ex.remedy() == Remedy.GIVE_UP) {
			return new RemovalAttempt(new GivenUp(failure, unanswered));
		}
		Duration pause = ex.isInUse() ? this.backoff.whileInUse(claim.attempts())
				: this.backoff.after(ex, claim.place(), claim.attempts());
		return new RemovalAttempt(new Postponed(failure, unanswered, pause), ex.isTimeout());
	}

	private static RemovalAttempt givenUp(String reason) {
		return new RemovalAttempt(new GivenUp(RemovalFailure.of(reason), false));
	}

}
