package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.NewImage;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.workflow.pace.Backoff;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the build of an image with the distribution configuration. A repeat is harmless:
 * it sends the same token and body, and AWS answers with the existing build.
 * <p>
 * AWS does not document for how long it remembers a token. If the first unanswered
 * attempt is over an hour old, the step searches for its image before it repeats the
 * create.
 */
record CreateImage(ImageBuilder imageBuilder, Backoff backoff, Duration attemptTimeout) implements Step {

	private static final Logger logger = LoggerFactory.getLogger(CreateImage.class);

	/** The time for which AWS is assumed to remember a token. */
	private static final Duration TOKEN_LIFETIME = Duration.ofHours(1);

	@Override
	public void carryOut(Claim claim) {
		Run run = claim.run();
		RunInput input = claim.requireInput();
		String configuration = Objects.requireNonNull(run.outputs().distributionConfigurationArn());
		Optional<String> found = run.calls().isUnansweredFor(TOKEN_LIFETIME, claim.now())
				? findEarlierImage(claim, input, configuration) : Optional.empty();
		if (found.isPresent()) {
			run.imageRequested(found.get());
		}
		else if (!claim.hasTimeForACall(this.attemptTimeout)) {
			run.handedBack();
		}
		else {
			run.imageRequested(this.imageBuilder.createImage(new NewImage(run.place(), input.imageRecipeArn(),
					input.infrastructureConfigurationArn(), configuration, run.tokens().createImage())));
		}
	}

	private Optional<String> findEarlierImage(Claim claim, RunInput input, String configuration) {
		Run run = claim.run();
		try {
			return this.imageBuilder.findImage(input.imageRecipeArn(), configuration,
					Objects.requireNonNull(run.calls().unansweredSince()), run.retry().earlierImages(),
					() -> claim.hasTimeForACall(this.attemptTimeout));
		}
		catch (ImageBuilderException ex) {
			if (ex.remedy() != ImageBuilderException.Remedy.GIVE_UP) {
				throw ex;
			}
			Step.warn(logger, run, ex);
			run.lookUpRefused(Step.failure(run, ex));
			return Optional.empty();
		}
	}

}
