package dev.distributeimage.imagebuilder;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunOptions;
import dev.distributeimage.startup.Rehearsal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/**
 * Makes the calls of a run with the SDK, up to its HTTP client. The responses come from
 * here: nothing is sent.
 */
@Component
class AwsRehearsal implements Rehearsal {

	private static final String RESOURCES = "arn:aws:imagebuilder:us-east-1:123456789012:";

	private static final String CONFIGURATION = RESOURCES + "distribution-configuration/rehearsal";

	private static final String IMAGE = RESOURCES + "image/rehearsal/1.0.0/1";

	private static final String DISTRIBUTIONS = """
			[ { "region": "us-east-1", "amiDistributionConfiguration": { "name": "rehearsal" } } ]""";

	private static final String ANSWER = """
			{ "requestId": "rehearsal", "distributionConfigurationArn": "%1$s", "imageBuildVersionArn": "%2$s",
			  "image": { "arn": "%2$s", "state": { "status": "AVAILABLE" }, "outputResources": { "amis": [
			    { "region": "us-east-1", "accountId": "123456789012", "image": "ami-0", "name": "rehearsal" } ] } } }"""
		.formatted(CONFIGURATION, IMAGE);

	private static final long LONGEST_RESPONSE = 1024 * 1024;

	private static final AwsCredentialsProvider CREDENTIALS = StaticCredentialsProvider
		.create(AwsBasicCredentials.create("AKIDREHEARSAL", "rehearsal"));

	private final AccountRoles noRoles = new AccountRoles(Map.of());

	private final JsonMapper json;

	private final Clock clock;

	AwsRehearsal(JsonMapper json, Clock clock) {
		this.json = json;
		this.clock = clock;
	}

	@Override
	public void rehearse(int times) {
		Duration timeout = Duration.ofSeconds(5);
		LargeResponses large = new LargeResponses(timeout);
		try (ImageBuilderClients clients = new ImageBuilderClients(new Answers(), timeout, CREDENTIALS,
				new ResponseLimits(LONGEST_RESPONSE, large), (builder) -> {
				})) {
			CallCredentials credentials = new CallCredentials(CREDENTIALS, (place) -> false, this.noRoles,
					new RoleSessions(clients::sts, timeout, this.clock));
			CallMetrics unseen = new CallMetrics(new SimpleMeterRegistry());
			ImageBuilder imageBuilder = new AwsImageBuilder(
					new AwsCalls(clients::inRegion, credentials, large, this.clock, unseen));
			for (int i = 0; i < times; i++) {
				rehearse(imageBuilder);
			}
		}
	}

	private void rehearse(ImageBuilder imageBuilder) {
		JsonNode distributions = this.json.readTree(DISTRIBUTIONS);
		RunInput input = new RunInput("rehearsal", distributions, RESOURCES + "image-recipe/rehearsal/1.0.0",
				RESOURCES + "infrastructure-configuration/rehearsal", RunOptions.of(this.json.createObjectNode()));
		UUID run = UUID.randomUUID();
		imageBuilder.createDistributionConfiguration(
				new NewDistributionConfiguration(run, input.place(), input, run.toString()));
		imageBuilder.createImage(new NewImage(run, input.place(), input, CONFIGURATION, run.toString()));
		imageBuilder.getImage(IMAGE);
	}

	/** Answers every request at once. */
	private static final class Answers implements SdkHttpClient {

		@Override
		public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
			return new ExecutableHttpRequest() {
				@Override
				public HttpExecuteResponse call() {
					return HttpExecuteResponse.builder()
						.response(SdkHttpResponse.builder()
							.statusCode(200)
							.putHeader("Content-Type", "application/json")
							.build())
						.responseBody(AbortableInputStream
							.create(new ByteArrayInputStream(ANSWER.getBytes(StandardCharsets.UTF_8))))
						.build();
				}

				@Override
				public void abort() {
					// There is nothing to abort.
				}
			};
		}

		@Override
		public void close() {
			// There is nothing to close.
		}

	}

}
