package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.PropertyAccessorFactory;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;

/** Claims of runs that are in no database. */
@NullUnmarked
public final class Claims {

	private static final Instant NOW = Instant.parse("2026-09-03T05:44:21.121Z");

	public static final String IMAGE_ARN = "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1";

	public static final String CONFIGURATION_ARN = "arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web";

	private Claims() {
	}

	/** A run at that step, an hour before its deadline. */
	public static Claim at(StepId step) {
		return claim(step, "eu-west-1", Duration.ofHours(1), null);
	}

	/** A run at that step, at its deadline. */
	public static Claim overdueAt(StepId step) {
		return claim(step, "eu-west-1", Duration.ZERO, null);
	}

	/** A run at that step whose create may have been carried out. */
	public static Claim unansweredAt(StepId step) {
		return claim(step, "eu-west-1", Duration.ofHours(1), NOW.minusSeconds(10));
	}

	public static Claim inRegion(String region) {
		return claim(StepId.GET_IMAGE, region, Duration.ofHours(1), null);
	}

	/** A run whose image is built from the recipe of that name, far from its deadline. */
	public static Claim polling(String recipe) {
		Claim claim = claim(StepId.GET_IMAGE, "eu-west-1", Duration.ofDays(36_500), null);
		set(claim.run(), "imageBuildVersionArn", IMAGE_ARN.replace("/web/", "/" + recipe + "/"));
		return claim;
	}

	/** The run is claimed for its next poll, after all that it has come to was stored. */
	public static void again(Run run, @Nullable Instant imageStatusSince, Instant claimedAt) {
		set(run, "imageStatusSince", imageStatusSince);
		run.renewed(run.version() + 1, claimedAt, run.cancelRequestedAt(), run.cancelToken());
	}

	/** The same run, once it is to be cancelled. */
	public static Run cancelled(Run run) {
		set(run, "cancelRequestedAt", NOW);
		return run;
	}

	/** A claim that was sent so long ago. */
	public static Claim sent(Duration ago, Claim claim) {
		return new Claim(claim.run(), claim.input(), System.nanoTime() - ago.toNanos(), claim.duration());
	}

	private static Claim claim(StepId step, String region, Duration left, @Nullable Instant unansweredSince) {
		Run run = new Run();
		set(run, "id", UUID.randomUUID());
		set(run, "status", RunStatus.RUNNING);
		set(run, "step", step);
		set(run, "region", region);
		set(run, "claimedAt", NOW);
		set(run, "nextAttemptAt", NOW);
		set(run, "deadline", NOW.plus(left));
		set(run, "unansweredSince", unansweredSince);
		set(run, "createDistributionConfigurationToken", "token");
		set(run, "createImageToken", "token");
		set(run, "distributionConfigurationArn",
				(step != StepId.CREATE_DISTRIBUTION_CONFIGURATION) ? CONFIGURATION_ARN : null);
		set(run, "imageBuildVersionArn", (step == StepId.GET_IMAGE) ? IMAGE_ARN : null);
		return new Claim(run, input(), System.nanoTime(), Duration.ofMinutes(1));
	}

	private static RunInput input() {
		NewRun asked = NewRuns.any();
		RunInput input = new RunInput();
		set(input, "distributionName", "web");
		set(input, "distributions", asked.distributions());
		set(input, "imageRecipeArn", asked.imageRecipeArn());
		set(input, "infrastructureConfigurationArn", asked.infrastructureConfigurationArn());
		set(input, "distributionConfigurationArnExpected", CONFIGURATION_ARN);
		return input;
	}

	private static void set(Object target, String field, @Nullable Object value) {
		PropertyAccessorFactory.forDirectFieldAccess(Objects.requireNonNull(target)).setPropertyValue(field, value);
	}

}
