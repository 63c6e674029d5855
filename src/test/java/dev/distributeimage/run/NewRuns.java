package dev.distributeimage.run;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;

import tools.jackson.databind.json.JsonMapper;

/** Valid requests. */
public final class NewRuns {

	private static final String DISTRIBUTIONS = """
			[ { "region": "eu-west-1",
			    "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}" } },
			  { "region": "us-east-1",
			    "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}",
			      "targetAccountIds": [ "111122223333" ] } } ]""";

	private NewRuns() {
	}

	/** A request with its own name. */
	public static NewRun any() {
		return of("eu-west-1", "web");
	}

	/** A request for an image built in this Region from the recipe with this name. */
	public static NewRun of(String region, String recipe) {
		return new NewRun("web-" + UUID.randomUUID(), JsonMapper.shared().readTree(DISTRIBUTIONS),
				"arn:aws:imagebuilder:%s:123456789012:image-recipe/%s/1.0.0".formatted(region, recipe),
				"arn:aws:imagebuilder:%s:123456789012:infrastructure-configuration/web".formatted(region), null,
				Map.of(), null);
	}

	/** Returns the request with another name. */
	public static NewRun like(NewRun one) {
		return new NewRun("web-" + UUID.randomUUID(), one.distributions(), one.imageRecipeArn(),
				one.infrastructureConfigurationArn(), null, one.labels(), one.deadline());
	}

	public static NewRun named(String name) {
		NewRun any = any();
		return new NewRun(name, any.distributions(), any.imageRecipeArn(), any.infrastructureConfigurationArn(), null,
				any.labels(), null);
	}

	public static NewRun withToken(String clientToken) {
		NewRun any = named("token-" + clientToken.toLowerCase(java.util.Locale.ROOT));
		return new NewRun(any.distributionName(), any.distributions(), any.imageRecipeArn(),
				any.infrastructureConfigurationArn(), clientToken, any.labels(), null);
	}

	public static NewRun withDeadline(Duration deadline) {
		NewRun any = any();
		return new NewRun(any.distributionName(), any.distributions(), any.imageRecipeArn(),
				any.infrastructureConfigurationArn(), null, any.labels(), deadline);
	}

}
