package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.NewImage;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.workflow.pace.Backoff;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;

/**
 * Starts the build of an image that uses the distribution configuration. Carried out
 * twice it sends the same token and body, to which AWS answers with the build that is
 * there.
 * <p>
 * How long AWS remembers a token is not documented. When the first attempt that stayed
 * unanswered is over an hour old, the image is looked for before the create is repeated.
 */
public record CreateImage(ImageBuilder imageBuilder, Backoff backoff, Duration attemptTimeout) implements Step {

	/** How long AWS is trusted to remember a token. */
	private static final Duration TOKEN_TRUSTED = Duration.ofHours(1);

	@Override
	public void carryOut(Claim claim) {
		Run run = claim.run();
		RunInput input = claim.requireInput();
		String configuration = Objects.requireNonNull(run.outputs().distributionConfigurationArn());
		Optional<String> found = run.calls().isUnansweredFor(TOKEN_TRUSTED, claim.now())
				? lookFor(claim, input, configuration) : Optional.empty();
		if (found.isPresent()) {
			run.imageRequested(found.get());
		}
		else if (!claim.hasTimeForACall(this.attemptTimeout)) {
			run.handedBack();
		}
		else {
			run.imageRequested(this.imageBuilder.createImage(new NewImage(run.place().region(), input.imageRecipeArn(),
					input.infrastructureConfigurationArn(), configuration, run.tokens().createImage())));
		}
	}

	private Optional<String> lookFor(Claim claim, RunInput input, String configuration) {
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
			run.lookUpRefused(Step.failure(run, ex));
			return Optional.empty();
		}
	}

}
