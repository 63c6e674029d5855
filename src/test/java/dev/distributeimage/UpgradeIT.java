package dev.distributeimage;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.RecordedRequest.Outcome;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.simulator.SimulatorSettings;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a rolling upgrade and its roll-back: the jar of the release before beside the
 * present one, on one database, while both work. Before there is a release, the present
 * jar is both.
 */
@NullUnmarked
class UpgradeIT {

	private static final String OLDER = "OLDERRELEASE";

	private static final String PRESENT = "PRESENTRELEASE";

	private static final String[] SETTINGS = { "--distribute-image.image.poll-every=500ms",
			"--distribute-image.poller.tick=200ms", "--distribute-image.poller.claim-for=10s",
			"--distribute-image.aws.attempt-timeout=2s" };

	private final JdbcConnectionDetails database = new TestPostgres().newDatabase();

	private final Simulator simulator = Simulator.start(SimulatorSettings.defaults().withPace(Duration.ofMillis(500)));

	private final List<ServiceProcess> processes = new ArrayList<>();

	private int started;

	@AfterEach
	void close() {
		this.processes.forEach(ServiceProcess::close);
		this.simulator.close();
	}

	@Test
	void releasesCarryEachOthersRuns() throws Exception {
		Optional<Path> released = OlderJar.path();
		ServiceProcess older = start(released.orElse(null), OLDER);
		List<String> ofOlder = runs(older, 4);
		if (released.isEmpty()) {
			migrateFurther();
		}
		ServiceProcess present = start(ServiceProcess.JAR, PRESENT);
		List<String> ofPresent = runs(present, 4);
		ofOlder.addAll(runs(older, 4));
		String cancelledByPresent = run(older, "web-stuck");
		String cancelledByOlder = run(present, "web-stuck");
		assertThat(present.post(cancelledByPresent + "/cancel", "").statusCode()).isEqualTo(202);
		assertThat(older.post(cancelledByOlder + "/cancel", "").statusCode()).isEqualTo(202);
		assertThat(older.post(request("same")).statusCode()).isEqualTo(202);
		assertThat(present.post(request("same")).statusCode()).isEqualTo(200);
		startUntilPolledBy(PRESENT, older, ofOlder);
		startUntilPolledBy(OLDER, present, ofPresent);
		ofOlder.addAll(runs(older, 4));
		assertThat(older.stop(Duration.ofSeconds(30))).isEqualTo(143);
		succeeded(present, ofOlder);
		succeeded(present, ofPresent);
		assertThat(ended(present, cancelledByPresent)).isEqualTo("CANCELLED");
		assertThat(ended(present, cancelledByOlder)).isEqualTo("CANCELLED");
		if (released.isPresent()) {
			rollBack(released.get(), present);
		}
		assertThat(builds()).allSatisfy((token, images) -> assertThat(images).as(token).isEqualTo(1))
			.containsKeys("same", "run-1", "run-" + this.started)
			.hasSizeBetween(this.started - 1, this.started + 1);
	}

	private void rollBack(Path jar, ServiceProcess present) throws InterruptedException {
		ServiceProcess older = start(jar, OLDER);
		List<String> runs = runs(present, 4);
		assertThat(present.stop(Duration.ofSeconds(30))).isEqualTo(143);
		runs.addAll(runs(older, 1));
		succeeded(older, runs);
	}

	// Before there is a release, nothing but this tells that a jar starts and works
	// beside a migration that it does not know, as in a roll-back.
	private void migrateFurther() {
		JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(this.database.getJdbcUrl(),
				String.valueOf(this.database.getUsername()), String.valueOf(this.database.getPassword())));
		jdbc.sql("alter table run add of_a_later_release text").update();
		jdbc.sql("""
				insert into flyway_schema_history
				  (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
				select max(installed_rank) + 1, '999', 'later', 'SQL', 'V999__later.sql', 1, current_user, 1, true
				from flyway_schema_history""").update();
	}

	private ServiceProcess start(Path jar, String accessKey) {
		Map<String, String> environment = Map.of("AWS_ACCESS_KEY_ID", accessKey);
		ServiceProcess process = (jar != null)
				? ServiceProcess.start(jar, this.database, this.simulator.endpoint(), environment, SETTINGS)
				: ServiceProcess.start(this.database, this.simulator.endpoint(), environment, SETTINGS);
		this.processes.add(process);
		return process;
	}

	private List<String> runs(ServiceProcess at, int number) {
		List<String> paths = new ArrayList<>();
		for (int i = 0; i < number; i++) {
			paths.add(run(at));
		}
		return paths;
	}

	// One of them may poll a run for all of its time.
	private void startUntilPolledBy(String release, ServiceProcess at, List<String> runs) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
			runs.add(run(at));
			assertThat(pollersOf(at, runs)).contains(release);
		});
	}

	private String run(ServiceProcess at) {
		return run(at, "web");
	}

	private String run(ServiceProcess at, String recipe) {
		this.started++;
		HttpResponse<String> accepted = at.post(request("run-" + this.started, recipe));
		assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
		return accepted.headers().firstValue("Location").orElseThrow();
	}

	private static String request(String name) {
		return request(name, "web");
	}

	private static String request(String name, String recipe) {
		return """
				{ "distributionName": "%1$s", "clientToken": "%1$s",
				  "distributions": [ { "region": "eu-west-1", "amiDistributionConfiguration": {} } ],
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/%2$s/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }""".formatted(name,
				recipe);
	}

	private static void succeeded(ServiceProcess at, Collection<String> paths) {
		assertThat(paths).allSatisfy((path) -> assertThat(ended(at, path)).isEqualTo("SUCCEEDED"));
	}

	private static String ended(ServiceProcess at, String path) {
		return Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.until(() -> at.get(path).at("/status").asString(), (status) -> !status.equals("RUNNING"));
	}

	/** The access keys of those who have polled the images of these runs. */
	private Set<String> pollersOf(ServiceProcess at, Collection<String> paths) {
		Set<String> images = paths.stream()
			.map((path) -> at.get(path).at("/outputs/imageBuildVersionArn").asString(""))
			.collect(Collectors.toSet());
		return this.simulator.requests(Operation.GET_IMAGE)
			.stream()
			.filter((request) -> images.contains(request.parameter("imageBuildVersionArn").orElse("")))
			.map((request) -> String.join("", request.headers().getOrDefault("authorization", List.of())))
			.map((authorization) -> authorization.replaceFirst(".*Credential=", "").replaceFirst("/.*", ""))
			.collect(Collectors.toSet());
	}

	/** The number of images by client token. */
	private Map<String, Integer> builds() {
		return this.simulator.requests(Operation.CREATE_IMAGE)
			.stream()
			.filter((request) -> request.outcome() == Outcome.COMMITTED)
			.collect(Collectors.toMap((request) -> request.parameter("clientToken").orElseThrow(), (request) -> 1,
					Integer::sum));
	}

}
