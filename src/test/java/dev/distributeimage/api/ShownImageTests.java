package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Container;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.RunQueue;
import dev.distributeimage.run.queue.RunWriter;
import dev.distributeimage.run.view.RunSnapshots;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static dev.distributeimage.api.Http.json;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests images as the writer stores them and callers are shown them. */
@ApiTest
@NullUnmarked
class ShownImageTests {

	private static final Failure FAILURE = new Failure(StepId.CREATE_IMAGE, "CreateImage", "Odd", "odd", null);

	/** The most accounts of an entry. */
	private static final int ACCOUNTS = 1_536;

	@Autowired
	private RunStarts starts;

	@Autowired
	private RunQueue queue;

	@Autowired
	private RunWriter writer;

	@Autowired
	private RunSnapshots snapshots;

	private Http http;

	@BeforeEach
	void empty(@Autowired JdbcClient jdbc, @LocalServerPort int port) {
		TestPostgres.empty(jdbc);
		this.http = new Http(port);
	}

	@ParameterizedTest
	@MethodSource("images")
	void runIsNoHeavierThanItsWeight(NewRun asked, Image image) {
		Claim claim = seen(asked, image);
		String body = this.http.get("/v1/runs/" + claim.run().id()).body();
		assertThat(json(this.http.get("/v1/runs/" + claim.run().id())).path("image"))
			.isEqualTo(JsonMapper.shared().valueToTree(image));
		assertThat(bytes(body)).isLessThanOrEqualTo(weight(claim));
	}

	static Stream<Object[]> images() {
		String odd = "\u0001\"é".repeat(600);
		List<Ami> amis = IntStream.range(0, 500)
			.mapToObj((i) -> new Ami("ap-southeast-1", "%012d".formatted(i), "ami-" + i, "web", "FAILED", odd))
			.toList();
		List<Container> containers = List.of(new Container("eu-west-1", List.of(odd, odd)));
		return Stream.of(new Object[] { NewRuns.any(), Image.of("BUILDING", odd) },
				new Object[] { NewRuns.any(), new Image("ODD", null, null, List.of(), containers) },
				new Object[] { manyAccounts("ap-southeast-1"), new Image("ODD", null, null, amis, List.of()) },
				new Object[] { manyAccounts("ap-southeast-1"),
						new Image("ODD", null, failure("ap-southeast-1", odd), List.of(), List.of()) });
	}

	@Test
	void imageOfEveryAccountInTenRegionsIsStoredAndShown() {
		String[] regions = IntStream.range(0, 10).mapToObj((i) -> "eu-west-" + i).toArray(String[]::new);
		List<Ami> amis = Stream.of(regions)
			.flatMap((region) -> IntStream.range(0, ACCOUNTS)
				.mapToObj((i) -> new Ami(region, "%012d".formatted(i), "ami-0e0524114ee433f49", "w".repeat(127),
						"FAILED", "r".repeat(150))))
			.toList();
		Claim claim = seen(manyAccounts(regions), new Image("DISTRIBUTING", null, null, amis, List.of()));
		HttpResponse<String> shown = this.http.get("/v1/runs/" + claim.run().id());
		assertThat(json(shown).at("/image/amis")).hasSize(15_360);
		assertThat(json(shown).path("destinations")).hasSize(15_370);
		assertThat(bytes(shown.body())).isLessThanOrEqualTo(weight(claim));
		assertThat(json(this.http.get("/v1/runs")).at("/items/0/image/amis")).hasSize(15_360);
	}

	@Test
	void nothingWasStartedWhereTheRunEndedBeforeItsImage() {
		assertThat(statuses((run) -> run.callRefused(FAILURE, Instant.EPOCH))).containsOnly("NOT_STARTED");
		assertThat(statuses((run) -> {
			run.distributionConfigurationCreated("arn");
			run.callRefused(FAILURE, Instant.EPOCH);
		})).containsOnly("NOT_STARTED");
	}

	@Test
	void nobodyKnowsWhetherAnUnansweredCreateHasStartedSomething() {
		assertThat(statuses((run) -> {
			run.distributionConfigurationCreated("arn");
			run.callFailed(FAILURE, Instant.EPOCH, Duration.ZERO, Instant.EPOCH);
			run.timedOut();
		})).containsOnly("UNKNOWN");
	}

	private List<String> statuses(Consumer<Run> course) {
		Claim claim = claimed(NewRuns.any());
		course.accept(claim.run());
		assertThat(this.writer.write(claim).join()).isPresent();
		return json(this.http.get("/v1/runs/" + claim.run().id())).path("destinations")
			.valueStream()
			.map((row) -> row.path("status").stringValue())
			.toList();
	}

	private Claim seen(NewRun asked, Image image) {
		Claim claim = claimed(asked);
		claim.run().distributionConfigurationCreated("arn");
		claim.run().imageRequested("arn");
		claim.run().imageSeen(image, Duration.ofSeconds(30), Instant.EPOCH);
		assertThat(this.writer.write(claim).join()).isPresent();
		return claim;
	}

	private Claim claimed(NewRun asked) {
		this.starts.start(asked, NewRuns.ANYBODY, null);
		return this.queue.claim(1, 1, Duration.ofMinutes(1), this.queue.lowWaterMarks()).get(0);
	}

	private long weight(Claim claim) {
		return this.snapshots.findById(claim.run().id()).orElseThrow().weight();
	}

	private static long bytes(String body) {
		return body.getBytes(StandardCharsets.UTF_8).length;
	}

	private static NewRun manyAccounts(String... regions) {
		ArrayNode distributions = JsonMapper.shared().createArrayNode();
		for (String region : regions) {
			ArrayNode accounts = distributions.addObject()
				.put("region", region)
				.putObject("amiDistributionConfiguration")
				.putArray("targetAccountIds");
			IntStream.range(0, ACCOUNTS).forEach((i) -> accounts.add("%012d".formatted(i)));
		}
		return NewRuns.with(distributions, Map.of());
	}

	private static JsonNode failure(String region, @Nullable String message) {
		ObjectNode context = JsonMapper.shared().createObjectNode();
		context.putObject("distributionFailure")
			.putArray("regionFailures")
			.addObject()
			.put("region", region)
			.put("errorMessage", message);
		return context;
	}

}
