package dev.distributeimage.run;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Requester;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Valid requests. */
public final class NewRuns {

	/** Somebody who has not signed in. */
	public static final Requester ANYBODY = new Requester(Caller.ANONYMOUS, "127.0.0.1", "test");

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
		RunInput input = new RunInput(NewRunBuilder.anyName(), JsonMapper.shared().readTree(DISTRIBUTIONS),
				"arn:aws:imagebuilder:%s:123456789012:image-recipe/%s/1.0.0".formatted(region, recipe),
				"arn:aws:imagebuilder:%s:123456789012:infrastructure-configuration/web".formatted(region),
				RunOptions.NONE);
		return new NewRun(input, null, Map.of(), null);
	}

	/** Any request, to be changed. */
	public static NewRunBuilder builder() {
		return new NewRunBuilder(any());
	}

	/** A request with these distributions and labels. */
	public static NewRun with(JsonNode distributions, Map<String, String> labels) {
		return builder().distributions(distributions).labels(labels).build();
	}

	/** Returns the request with another name and no token. */
	public static NewRun like(NewRun one) {
		return new NewRunBuilder(one).name(NewRunBuilder.anyName()).token(null).build();
	}

	public static NewRun named(String name) {
		return builder().name(name).build();
	}

	public static NewRun withToken(String clientToken) {
		return builder().name("token-" + clientToken.toLowerCase(Locale.ROOT)).token(clientToken).build();
	}

	public static NewRun withDeadline(Duration deadline) {
		return builder().deadline(deadline).build();
	}

}
