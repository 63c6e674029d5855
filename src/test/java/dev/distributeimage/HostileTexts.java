package dev.distributeimage;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Texts of AWS that would write lines of their own into the log. */
final class HostileTexts {

	/** Every kind of character that must not stand in the log, before a forged line. */
	static final String HOSTILE = "\r\n\u001b[2J\u0007\b\u007f\u009b\u0085\u2028\u2029\u202e\u2066\u061c\u200f"
			+ "2026-01-01T00:00:00.000Z  INFO forged";

	static final String ENCODED = "\\u000d\\u000a\\u001b[2J\\u0007\\u0008\\u007f\\u009b\\u0085\\u2028\\u2029"
			+ "\\u202e\\u2066\\u061c\\u200f2026-01-01T00:00:00.000Z  INFO forged";

	/** Places that show them. */
	static final Set<String> PLACES = Set.of("CREATE_DISTRIBUTION_CONFIGURATION", "CREATE_IMAGE", "GET_IMAGE",
			"CANCEL_IMAGE_CREATION", "status", "reason");

	private static final List<String> QUICK = List.of("--distribute-image.image.poll-every=300ms",
			"--distribute-image.poller.claim-for=6s", "--distribute-image.aws.attempt-timeout=2s",
			"--distribute-image.retry.first-delay=100ms", "--distribute-image.retry.max-delay=200ms",
			"--distribute-image.poller.tick=200ms");

	private static final Pattern RAW = Pattern.compile(
			"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\u061c\\u200e\\u200f]");

	private HostileTexts() {
	}

	/** Settings of a service that gets them soon, and more. */
	static String[] quick(String... settings) {
		return Stream.concat(QUICK.stream(), Stream.of(settings)).toArray(String[]::new);
	}

	static void assertClean(String log) {
		assertThat(RAW.matcher(log).results().map(MatchResult::group)).isEmpty();
		assertThat(log).doesNotContainPattern("(?m)^2026-01-01T00:00:00");
	}

	/** The places whose text the log has, encoded. */
	static Set<String> places(String log) {
		return PLACES.stream().filter((place) -> log.contains(ENCODED + " at " + place)).collect(Collectors.toSet());
	}

	/**
	 * Sends each text of AWS at each operation that shows it, until the run has ended.
	 */
	static void send(Simulator simulator, ServiceProcess service) {
		simulator.imagesOf("web", Ending.stuckIn("BUILDING"));
		for (Operation operation : List.of(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Operation.CREATE_IMAGE,
				Operation.GET_IMAGE, Operation.CANCEL_IMAGE_CREATION)) {
			String text = JsonMapper.shared().writeValueAsString(HOSTILE + " at " + operation);
			simulator.onNext(operation,
					Fault.answer(500, "application/json", "{\"__type\": %1$s, \"message\": %1$s}".formatted(text)));
		}
		simulator.onNext(Operation.GET_IMAGE, Fault.with("image.state.status", HOSTILE + " at status"));
		simulator.onNext(Operation.GET_IMAGE, Fault.with("image.state.reason",
				HOSTILE + " at reason, arn:aws:sts::123456789012:assumed-role/operator/i-0abc"));
		String run = startRun(service, "Authorization", "");
		await(() -> service.answer(run + "/events").body().contains("at reason"));
		assertThat(service.post(run + "/cancel", "").statusCode()).isEqualTo(202);
		await(() -> service.get(run).at("/status").asString().equals("CANCELLED"));
		assertThat(service.answer(run + "/events").body()).doesNotContain("operator");
	}

	/** Starts a run with these headers, and returns its path. */
	static String startRun(ServiceProcess service, String... headers) {
		return service.post("/v1/runs", """
				{ "distributionName": "web",
				  "distributions": [ { "region": "eu-west-1",
				    "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}" } } ],
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }""", headers)
			.headers()
			.firstValue("Location")
			.orElseThrow();
	}

	static void await(Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(100)).until(condition);
	}

}
