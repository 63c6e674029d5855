package dev.distributeimage.chaos;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the jar with a heap of 256 MB and 64 concurrent answers of 10 MB each. */
@Tag("chaos")
@Tag("chaos-full")
class UnusableAnswersIT {

	private static final String[] SETTINGS = { "--distribute-image.image.poll-every=1s",
			"--distribute-image.poller.concurrency=64", "--distribute-image.poller.region-share=1",
			"--distribute-image.poller.claim-for=20s", "--distribute-image.aws.attempt-timeout=5s",
			"--distribute-image.poller.tick=200ms", "--distribute-image.aws.max-response=4MB" };

	private final Simulator simulator = Simulator.start();

	private final JdbcConnectionDetails database = new TestPostgres().newDatabase();

	@AfterEach
	void close() {
		this.simulator.close();
	}

	@Test
	void longAnswersFillNoMemory() {
		String padding = "x".repeat(10 * 1024 * 1024);
		this.simulator.always(Operation.GET_IMAGE)
			.mentioning("/huge/")
			.meet(Fault.body("{\"image\":{\"state\":{\"status\":\"BUILDING\",\"reason\":\"" + padding + "\"}}}"));
		try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(), SETTINGS)) {
			List<String> huge = IntStream.range(0, 64).mapToObj((i) -> start(service, "huge", i)).toList();
			List<String> good = IntStream.range(0, 10).mapToObj((i) -> start(service, "good", i)).toList();
			await(() -> this.simulator.count(Operation.GET_IMAGE) > 64 * 5);
			assertThat(service.get(huge.get(0)).at("/failure/message").asString()).contains("longer than");
			await(() -> succeeded(service, good));
			this.simulator.clearFaults();
			await(() -> succeeded(service, huge));
			assertThat(this.simulator.builds()).isEqualTo(74);
			JsonNode heap = service.metric("jvm.gc.overhead");
			Chaos.held(11, "polls of 64 runs answered with 10 MB, in a heap of 256 MB",
					"10 others in time, then all 64; GC overhead " + heap.at("/measurements/0/value"));
		}
	}

	private static boolean succeeded(ServiceProcess service, List<String> runs) {
		return runs.stream().allMatch((run) -> service.get(run).at("/status").asString().equals("SUCCEEDED"));
	}

	private static void await(java.util.concurrent.Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(500)).until(condition);
	}

	private static String start(ServiceProcess service, String recipe, int number) {
		return service
			.post("""
					{ "distributionName": "%1$s-%2$d",
					  "distributions": [ { "region": "eu-west-1",
					    "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}" } } ],
					  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/%1$s/1.0.0",
					  "infrastructureConfigurationArn":
					    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }"""
				.formatted(recipe, number))
			.headers()
			.firstValue("Location")
			.orElseThrow();
	}

}
