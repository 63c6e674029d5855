package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Objects;

import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.RetryAction;
import dev.distributeimage.run.RunOptions;
import dev.distributeimage.run.StepId;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/**
 * The request of a run, as far as the rules depend on it.
 *
 * @param name the name of the configuration to create, or null
 * @param reused the configuration that is there already, or null
 * @param ofSourceImage whether a source image is distributed and nothing is built
 */
@NullUnmarked
record ExpectedRequest(String token, Duration deadline, @Nullable String name, @Nullable String reused,
		boolean ofSourceImage) {

	private static final Duration DEADLINE = Duration.ofHours(12);

	static ExpectedRequest of(NewRun asked) {
		RunOptions options = asked.input().options();
		return new ExpectedRequest(asked.clientToken(), Objects.requireNonNullElse(asked.deadline(), DEADLINE),
				asked.input().distributionName(), options.distributionConfigurationArn(),
				options.sourceImage() != null);
	}

	StepId firstStep() {
		return (this.reused != null) ? imageStep() : StepId.CREATE_DISTRIBUTION_CONFIGURATION;
	}

	/** The step that requests the image. */
	StepId imageStep() {
		return this.ofSourceImage ? StepId.DISTRIBUTE_IMAGE : StepId.CREATE_IMAGE;
	}

	/** The operation that requests the image. */
	String imageOperation() {
		return this.ofSourceImage ? "DistributeImage" : "CreateImage";
	}

	/** The action of a retry that requests another image. */
	RetryAction imageAction() {
		return this.ofSourceImage ? RetryAction.DISTRIBUTE_IMAGE : RetryAction.CREATE_IMAGE;
	}

}
