package dev.distributeimage.imagebuilder;

import java.util.UUID;

import dev.distributeimage.aws.Place;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunOptions;
import dev.distributeimage.simulator.Simulator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Base class of tests that call a simulator through the real SDK client. */
@NullUnmarked
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class SimulatedAwsTest {

	static final Place PLACE = new Place("123456789012", "eu-west-1");

	static final UUID RUN = new UUID(0, 1);

	static final NewDistributionConfiguration CONFIGURATION = configuration("web",
			"""
					[ { "region": "eu-west-1", "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}" } } ]""");

	final Simulator simulator = Simulator.start();

	final ImageBuilder imageBuilder = ImageBuilders.at(this.simulator.endpoint());

	@AfterAll
	void close() {
		this.simulator.close();
	}

	@BeforeEach
	void reset() {
		this.simulator.reset();
	}

	static ImageBuilderException failure(ThrowingCallable call) {
		return catchThrowableOfType(ImageBuilderException.class, call);
	}

	String build() {
		this.imageBuilder.createDistributionConfiguration(CONFIGURATION);
		return this.imageBuilder.createImage(image());
	}

	static NewImage image() {
		return new NewImage(RUN, PLACE, input("web", "[]"),
				"arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web", "token");
	}

	static String imageArn(String version) {
		return "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/" + version;
	}

	static NewDistributionConfiguration configuration(String name, String distributions) {
		return new NewDistributionConfiguration(RUN, PLACE, input(name, distributions), "token");
	}

	private static RunInput input(String name, String distributions) {
		return new RunInput(name, JsonMapper.shared().readTree(distributions),
				"arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
				"arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web", RunOptions.NONE);
	}

}
