package dev.distributeimage.chaos;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.TestPostgres;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The accepted runs, as seen by a caller that repeats each request with its token until
 * it is answered.
 */
final class StartedRuns {

	private final Fleet fleet;

	private final String name;

	private final AtomicInteger asked = new AtomicInteger();

	/** Ids by token. */
	private final Map<String, String> accepted = new ConcurrentHashMap<>();

	/** Begins with no runs: earlier ones are forgotten, also by the simulator. */
	StartedRuns(Fleet fleet, String name) {
		this.fleet = fleet;
		this.name = name;
		awaitEnds(Duration.ofSeconds(60));
		fleet.simulator().reset();
		TestPostgres.empty(fleet.jdbc());
	}

	/** Starts another run, through any replica that accepts it. */
	String start() {
		String token = this.name + "-" + this.asked.incrementAndGet();
		String id = idOf(send((replica) -> replica.post(request(token, token))));
		this.accepted.put(token, id);
		return id;
	}

	/** Adds a run that was accepted elsewhere. */
	void accepted(String token, String id) {
		this.accepted.put(token, id);
	}

	void start(int runs) {
		for (int i = 0; i < runs; i++) {
			start();
		}
	}

	/**
	 * Sends a request to a ready replica, again while the replica is away or asks to
	 * retry. Callers need not expect any other failure.
	 */
	HttpResponse<String> send(Function<ServiceProcess, HttpResponse<String>> request) {
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
		while (System.nanoTime() < end) {
			List<ServiceProcess> ready = this.fleet.ready();
			if (!ready.isEmpty()) {
				try {
					ServiceProcess replica = ready.get(ThreadLocalRandom.current().nextInt(ready.size()));
					HttpResponse<String> answer = request.apply(replica);
					if (answer.statusCode() != 503 && answer.statusCode() != 429) {
						assertThat(answer.statusCode()).as(answer.body()).isLessThan(500);
						return answer;
					}
				}
				catch (UncheckedIOException ex) {
					// The replica was killed.
				}
			}
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
		}
		throw new AssertionError("No replica has answered");
	}

	int size() {
		return this.accepted.size();
	}

	/** The number of runs that have not ended. */
	int running() {
		return this.fleet.jdbc().sql("select count(*) from run where status = 'RUNNING'").query(Integer.class).single();
	}

	/**
	 * Waits until all runs have ended.
	 * @return the time that took
	 */
	Duration awaitEnds(Duration atMost) {
		long begin = System.nanoTime();
		Awaitility.await()
			.atMost(atMost)
			.pollInterval(Duration.ofMillis(200))
			.ignoreExceptions()
			.untilAsserted(() -> assertThat(running()).isZero());
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	/**
	 * Requires that each run has succeeded and reports it, with one configuration and one
	 * build in AWS.
	 */
	void haveOneImageEach() {
		Map<String, List<JsonNode>> images = images();
		this.accepted.forEach((token, id) -> {
			JsonNode run = run(id);
			assertThat(run.at("/outputs/finalStatus").asString()).as(run.toString()).isEqualTo("AVAILABLE");
			assertThat(images.get(run.at("/outputs/distributionConfigurationArn").stringValue()))
				.extracting((image) -> image.get("arn").stringValue())
				.containsExactly(run.at("/outputs/imageBuildVersionArn").stringValue());
		});
		JsonNode counts = this.fleet.simulator().get("counts");
		assertThat(counts.get("builds").asInt()).isEqualTo(size());
		assertThat(counts.get("distributionConfigurations").asInt()).isEqualTo(size());
		haveWholeHistories();
	}

	/**
	 * Requires that every run was stored once, and that its events are numbered without
	 * gaps or duplicates.
	 */
	void haveWholeHistories() {
		assertThat(this.accepted.values()).doesNotHaveDuplicates();
		assertThat(stored("select id from run"))
			.hasSameElementsAs(this.accepted.values().stream().map(UUID::fromString).toList());
		assertThat(stored("""
				select r.id from run r join run_event e using (number)
				group by r.id having count(*) <> max(e.sequence) or max(e.sequence) <> r.last_event""")).isEmpty();
		assertThat(stored("""
				select r.id from run r join run_event e using (number)
				where type in ('ACCEPTED', 'STEP_BEGUN', 'STEP_ENDED', 'ENDED')
				group by r.id, type, e.step having count(*) > 1""")).isEmpty();
		assertThat(stored("""
				select id from (select id, type, detail,
				                       lag(type) over earlier as type_before, lag(detail) over earlier as detail_before
				                  from run_event join run using (number)
				                window earlier as (partition by id order by sequence)) e
				where type = 'IMAGE_STATUS' and type_before = type and detail_before = detail""")).isEmpty();
		assertThat(stored("select id from run r where (select count(*) from run_event where number = r.number"
				+ " and type = 'ENDED') <> 1"))
			.isEmpty();
	}

	/** The simulator's builds, by distribution configuration. */
	Map<String, List<JsonNode>> images() {
		return this.fleet.simulator()
			.get("images")
			.get("images")
			.valueStream()
			.collect(Collectors.groupingBy((image) -> image.get("distributionConfigurationArn").asString()));
	}

	List<JsonNode> all() {
		return this.accepted.values().stream().map(this::run).toList();
	}

	private JsonNode run(String id) {
		return JsonMapper.shared().readTree(send((replica) -> replica.answer("/v1/runs/" + id)).body());
	}

	private List<UUID> stored(String query) {
		return this.fleet.jdbc().sql(query).query(UUID.class).list();
	}

	/** The id of the run in an answer. */
	static String idOf(HttpResponse<String> answer) {
		return JsonMapper.shared().readTree(answer.body()).get("id").stringValue();
	}

	/** A valid request. */
	static String request(String name, String clientToken) {
		return """
				{ "distributionName": "%s", "clientToken": "%s",
				  "distributions": [
				    { "region": "eu-west-1",
				      "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}" } },
				    { "region": "us-east-1",
				      "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}" } } ],
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }""".formatted(name,
				clientToken);
	}

}
