package dev.distributeimage.bench;

import java.util.List;
import java.util.Objects;

import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import dev.distributeimage.imagebuilder.NewImage;
import dev.distributeimage.run.Image;

/**
 * Answers at once and advances an image by one status at every poll: with the two creates
 * a run makes the transitions of its mix. If the calls are endless, the image is built
 * forever.
 */
final class SteppingImageBuilder extends NoImageBuilder {

	/** The poll that is repeated forever if the calls are endless. */
	private static final int BUILDING = 2;

	private final Calls calls;

	SteppingImageBuilder(Calls calls) {
		this.calls = calls;
	}

	@Override
	public String createDistributionConfiguration(NewDistributionConfiguration configuration) {
		String name = Objects.requireNonNull(configuration.input().distributionName());
		this.calls.make(name, 1);
		return arn("distribution-configuration/" + name);
	}

	@Override
	public String createImage(NewImage image) {
		String run = nameIn(image.distributionConfigurationArn(), 1);
		this.calls.make(run, 2);
		return arn("image/web/1.0.0/" + run);
	}

	@Override
	public Image getImage(String imageBuildVersionArn) {
		String run = nameIn(imageBuildVersionArn, 3);
		int look = this.calls.madeBy(run) - 2;
		this.calls.make(run, look + 3);
		return this.calls.mix().look(this.calls.areEndless() ? Math.min(look, BUILDING) : look);
	}

	private static String arn(String resource) {
		return "arn:aws:imagebuilder:eu-west-1:123456789012:" + resource;
	}

	private static String nameIn(String arn, int part) {
		return List.of(arn.split("/", -1)).get(part);
	}

}
