package dev.distributeimage.chaos;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Row 23: images for 1,536 accounts in 10 Regions, polled at once, in a heap of 256 MB
 * that an OutOfMemoryError would end.
 */
@Tag("chaos")
class LargeImagesIT {

	private static final int RUNS = Chaos.times(8, 64);

	private static final int OTHERS = 10;

	private static final int AMIS = 15_360;

	private static final String LARGE = "id in (select run_id from run_input where distribution_name like 'large-%')";

	/** As many workers for one Region as there are runs. */
	private static final String[] SETTINGS = { "--distribute-image.image.poll-every=5s",
			"--distribute-image.poller.concurrency=" + RUNS * 5 / 4, "--distribute-image.poller.region-share=0.8",
			"--distribute-image.poller.claim-for=30s", "--distribute-image.poller.tick=200ms",
			"--distribute-image.retry.max-delay=5s", "--distribute-image.retry.first-delay=100ms" };

	private final JdbcConnectionDetails database = new TestPostgres().newDatabase();

	private final JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(this.database.getJdbcUrl(),
			String.valueOf(this.database.getUsername()), String.valueOf(this.database.getPassword())));

	@Test
	void largeImagesAreStoredAndShownAndEndTheirRuns() {
		try (Simulator simulator = Simulator.start();
				ServiceProcess service = ServiceProcess.start(this.database, simulator.endpoint(),
						Map.of("JAVA_TOOL_OPTIONS", "-XX:+ExitOnOutOfMemoryError"), SETTINGS)) {
			simulator.change((settings) -> settings.withConcurrentBuilds(1_000).withPace(Duration.ofSeconds(1)));
			// The first polls are answered together.
			simulator.onNext(RUNS, Operation.GET_IMAGE)
				.mentioning("/large/")
				.meet(Fault.body(image("DISTRIBUTING", "PENDING")).waiting(Duration.ofSeconds(4)));
			simulator.always(Operation.GET_IMAGE)
				.mentioning("/large/")
				.meet(Fault.body(image("DISTRIBUTING", "PENDING")));
			List<String> runs = IntStream.range(0, RUNS)
				.mapToObj((i) -> start(service, "large", "eu-west-1", i))
				.toList();
			List<String> others = IntStream.range(0, OTHERS)
				.mapToObj((i) -> start(service, "other", "us-east-1", i))
				.toList();
			await(service, () -> assertThat(stored(LARGE + " and image_status = 'DISTRIBUTING'")).isEqualTo(RUNS));
			await(service, () -> assertThat(others)
				.allSatisfy((run) -> assertThat(service.get(run).at("/status").stringValue()).isEqualTo("SUCCEEDED")));
			isShown(service, runs.get(0));
			simulator.clearFaults();
			simulator.always(Operation.GET_IMAGE)
				.mentioning("/large/")
				.meet(Fault.body(image("AVAILABLE", "AVAILABLE")));
			await(service, () -> assertThat(stored("status = 'SUCCEEDED'")).isEqualTo(RUNS + OTHERS));
			isShown(service, runs.get(RUNS - 1));
			Chaos.held(23, "polls of %d images with %,d AMIs, 6 MB each, in a heap of 256 MB".formatted(RUNS, AMIS),
					figures(service));
		}
	}

	private String figures(ServiceProcess service) {
		JsonNode heap = service.metric("jvm.gc.overhead");
		int late = this.jdbc.sql("select sum(failed_calls) from run").query(Integer.class).single();
		int timeouts = this.jdbc.sql("select count(*) from run_event where detail ->> 'message' ilike '%timed out%'")
			.query(Integer.class)
			.single();
		return "%d other runs ended meanwhile, then all; %d answers were read at a later poll, %d calls timed out; GC overhead %s"
			.formatted(OTHERS, late, timeouts, heap.at("/measurements/0/value"));
	}

	private static void isShown(ServiceProcess service, String run) {
		assertThat(service.get(run).at("/image/amis")).hasSize(AMIS);
		assertThat(service
			.get("/v1/runs?imageBuildVersionArn=" + service.get(run).at("/outputs/imageBuildVersionArn").stringValue())
			.at("/items/0/image/amis")).hasSize(AMIS);
	}

	private int stored(String condition) {
		return this.jdbc.sql("select count(*) from run where " + condition).query(Integer.class).single();
	}

	private static void await(ServiceProcess service, Runnable assertion) {
		Awaitility.await()
			.atMost(Duration.ofMinutes(5))
			.pollInterval(Duration.ofMillis(500))
			.failFast("The service has ended", () -> !service.isAlive())
			.untilAsserted(assertion::run);
	}

	private static String image(String status, String amiStatus) {
		StringBuilder amis = new StringBuilder();
		for (int i = 0; i < AMIS; i++) {
			amis.append((i > 0) ? "," : "")
				.append("""
						{"region":"%s-%d","accountId":"%012d","image":"ami-%017x","name":"%s","description":"%s",\
						"state":{"status":"%s","reason":"Copying %d"}}""".formatted("eu-north", i % 10, i / 10, i,
						"web 2026-11-22T11-05-00.130Z", "d".repeat(200), amiStatus, i));
		}
		return "{\"image\":{\"state\":{\"status\":\"%s\"},\"outputResources\":{\"amis\":[%s]}}}".formatted(status,
				amis);
	}

	private static String start(ServiceProcess service, String recipe, String region, int number) {
		return service
			.post("""
					{ "distributionName": "%1$s-%2$d",
					  "distributions": [ { "region": "%3$s",
					    "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}" } } ],
					  "imageRecipeArn": "arn:aws:imagebuilder:%3$s:123456789012:image-recipe/%1$s/1.0.0",
					  "infrastructureConfigurationArn":
					    "arn:aws:imagebuilder:%3$s:123456789012:infrastructure-configuration/web" }""".formatted(recipe,
					number, region))
			.headers()
			.firstValue("Location")
			.orElseThrow();
	}

}
