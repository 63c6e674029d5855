package dev.distributeimage.workflow;

import java.util.Objects;

import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.NewImage;
import dev.distributeimage.run.Claim;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;

/**
 * Starts the build of an image that uses the distribution configuration. Carried out
 * twice it sends the same token and body, to which AWS answers with the build that is
 * there.
 */
record CreateImage(ImageBuilder imageBuilder) implements Step {

	@Override
	public void carryOut(Claim claim) {
		Run run = claim.run();
		RunInput input = claim.requireInput();
		String configuration = Objects.requireNonNull(run.distributionConfigurationArn());
		run.imageRequested(this.imageBuilder.createImage(new NewImage(run.region(), input.imageRecipeArn(),
				input.infrastructureConfigurationArn(), configuration, run.createImageToken())));
	}

}
