package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import dev.distributeimage.aws.Place;
import dev.distributeimage.run.Calls;
import dev.distributeimage.run.Cancel;
import dev.distributeimage.run.ImageWatch;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.Outputs;
import dev.distributeimage.run.Progress;
import dev.distributeimage.run.Retry;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.RunValues;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.Tokens;
import dev.distributeimage.run.WorkflowId;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** Claims of runs that are in no database. */
@NullUnmarked
public final class Claims {

	private static final Instant NOW = Instant.parse("2026-09-03T05:44:21.121Z");

	public static final String IMAGE_ARN = "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1";

	public static final String CONFIGURATION_ARN = "arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web";

	private Claims() {
	}

	/** A run at this step, one hour before its deadline. */
	public static Claim at(StepId step) {
		return claim(step, "eu-west-1", Duration.ofHours(1), null);
	}

	/** A run at this step, at its deadline. */
	public static Claim overdueAt(StepId step) {
		return claim(step, "eu-west-1", Duration.ZERO, null);
	}

	/** A run at this step whose create AWS may have carried out. */
	public static Claim unansweredAt(StepId step) {
		return claim(step, "eu-west-1", Duration.ofHours(1), NOW.minusSeconds(10));
	}

	public static Claim inRegion(String region) {
		return claim(StepId.GET_IMAGE, region, Duration.ofHours(1), null);
	}

	/**
	 * A run whose image is built from the recipe with this name, far from its deadline.
	 */
	public static Claim polling(String recipe) {
		Claim claim = claim(StepId.GET_IMAGE, "eu-west-1", Duration.ofDays(36_500), null);
		RunValues values = claim.run().values();
		return with(claim,
				new RunValues(values.progress(),
						new Outputs(CONFIGURATION_ARN, IMAGE_ARN.replace("/web/", "/" + recipe + "/"), null),
						values.calls(), values.image(), values.cancel(), values.retry(), values.tokens()));
	}

	/** Claims the run for its next poll, after its last outcome was stored. */
	public static Claim again(Claim claim, @Nullable Instant imageStatusSince, Instant claimedAt) {
		RunValues values = claim.run().values();
		ImageWatch image = values.image();
		Claim stored = with(claim,
				new RunValues(values.progress(), values.outputs(), values.calls(),
						new ImageWatch(image.last(), imageStatusSince, image.missing(), image.built(), image.stale()),
						values.cancel(), values.retry(), values.tokens()));
		return stored.renewed(claim.lease().version() + 1, claimedAt, System.nanoTime());
	}

	/** Returns the claim with a cancel requested. */
	public static Claim cancelled(Claim claim) {
		RunValues values = claim.run().values();
		return with(claim, new RunValues(values.progress(), values.outputs(), values.calls(), values.image(),
				new Cancel(NOW, "token", false), values.retry(), values.tokens()));
	}

	/** Returns a claim of this age. */
	public static Claim sent(Duration ago, Claim claim) {
		Lease lease = claim.lease();
		return new Claim(claim.run(), claim.input(), claim.nameIsBeingFreed(), new Lease(lease.version(), lease.dueAt(),
				lease.claimedAt(), lease.duration(), System.nanoTime() - ago.toNanos(), lease.waited(), lease.times()),
				claim.origin());
	}

	private static Claim with(Claim claim, RunValues values) {
		return new Claim(new Run(claim.run().id(), claim.run().place(), values), claim.input(), false, claim.lease(),
				claim.origin());
	}

	private static Claim claim(StepId step, String region, Duration left, @Nullable Instant unansweredSince) {
		String configuration = (step != StepId.CREATE_DISTRIBUTION_CONFIGURATION) ? CONFIGURATION_ARN : null;
		String image = (step == StepId.GET_IMAGE) ? IMAGE_ARN : null;
		RunValues values = new RunValues(new Progress(workflow(step), RunStatus.RUNNING, step, NOW.plus(left)),
				new Outputs(configuration, image, null), new Calls(0, 0, unansweredSince, null), ImageWatch.NONE,
				Cancel.NONE, Retry.NONE, new Tokens("token", "token", null));
		Run run = new Run(UUID.randomUUID(), new Place("123456789012", region), values);
		return new Claim(run, input(workflow(step)), false, new Lease(1, NOW, NOW, Duration.ofMinutes(1),
				System.nanoTime(), Duration.ZERO, new Times(NOW, NOW, null)), new Origin("web", null));
	}

	private static WorkflowId workflow(StepId step) {
		return (step == StepId.DISTRIBUTE_IMAGE) ? WorkflowId.DISTRIBUTE_EXISTING_IMAGE : WorkflowId.DISTRIBUTE_IMAGE;
	}

	private static RunInput input(WorkflowId workflow) {
		NewRun build = NewRuns.named("web");
		return switch (workflow) {
			case DISTRIBUTE_IMAGE -> build.input();
			case DISTRIBUTE_EXISTING_IMAGE -> new NewRunBuilder(build).ofSourceImage().build().input();
		};
	}

}
