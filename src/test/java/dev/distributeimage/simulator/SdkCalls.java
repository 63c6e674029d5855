package dev.distributeimage.simulator;

import java.util.UUID;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.imagebuilder.ImagebuilderClient;
import software.amazon.awssdk.services.imagebuilder.model.CreateImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.Distribution;
import software.amazon.awssdk.services.imagebuilder.model.Image;

/**
 * Calls through AWS's own client without retries, with defaults for the simulator's
 * tests.
 */
final class SdkCalls implements AutoCloseable {

	static final String REGION = "eu-west-1";

	static final String PREFIX = "arn:aws:imagebuilder:eu-west-1:123456789012:";

	static final String INFRASTRUCTURE = PREFIX + "infrastructure-configuration/small";

	private final ImagebuilderClient client;

	private SdkCalls(ImagebuilderClient client) {
		this.client = client;
	}

	static SdkCalls to(Simulator simulator) {
		return to(simulator, REGION, ApacheHttpClient.builder());
	}

	static SdkCalls to(Simulator simulator, String region, ApacheHttpClient.Builder http) {
		return new SdkCalls(ImagebuilderClient.builder()
			.endpointOverride(simulator.endpoint())
			.region(Region.of(region))
			.credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "secret")))
			.httpClientBuilder(http)
			.overrideConfiguration((override) -> override.retryStrategy(DefaultRetryStrategy.doNotRetry()))
			.build());
	}

	ImagebuilderClient client() {
		return this.client;
	}

	/** Returns an AMI output in each of these Regions. */
	static Distribution[] amisIn(String... regions) {
		Distribution[] distributions = new Distribution[regions.length];
		for (int index = 0; index < regions.length; index++) {
			String region = regions[index];
			distributions[index] = Distribution.builder()
				.region(region)
				.amiDistributionConfiguration((ami) -> ami.name("web-{{ imagebuilder:buildDate }}"))
				.build();
		}
		return distributions;
	}

	String createDistribution(String name, Distribution... distributions) {
		return this.client
			.createDistributionConfiguration(
					(request) -> request.name(name).clientToken(token()).distributions(distributions))
			.distributionConfigurationArn();
	}

	CreateImageResponse createImage(String recipe, String distribution, String token) {
		return this.client.createImage((request) -> request.clientToken(token)
			.imageRecipeArn(PREFIX + "image-recipe/" + recipe)
			.infrastructureConfigurationArn(INFRASTRUCTURE)
			.distributionConfigurationArn(distribution));
	}

	/** Starts a build of version 1.0.0 without a distribution configuration. */
	String build(String recipe) {
		return build(recipe, null);
	}

	String build(String recipe, @Nullable String distribution) {
		return this.client
			.createImage((request) -> request.clientToken(token())
				.imageRecipeArn(PREFIX + "image-recipe/" + recipe + "/1.0.0")
				.infrastructureConfigurationArn(INFRASTRUCTURE)
				.distributionConfigurationArn(distribution))
			.imageBuildVersionArn();
	}

	Image image(String arn) {
		return this.client.getImage((request) -> request.imageBuildVersionArn(arn)).image();
	}

	String status(String arn) {
		return image(arn).state().statusAsString();
	}

	static String token() {
		return UUID.randomUUID().toString();
	}

	@Override
	public void close() {
		this.client.close();
	}

}
