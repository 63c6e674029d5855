package dev.distributeimage.chaos;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Row 15: a busy replica is told to stop. */
@Tag("chaos")
@Tag("chaos-full")
@NullUnmarked
class ShutdownIT {

	private static final int RUNS = 400;

	private static final int WAITING = 100;

	private static final int STREAMS = 20;

	private static final Duration POLL_EVERY = Duration.ofSeconds(5);

	/** A claim lasts twelve times the poll interval. */
	private static final String[] SETTINGS = { "--distribute-image.image.poll-every=5s",
			"--distribute-image.poller.claim-for=60s", "--distribute-image.aws.attempt-timeout=15s",
			"--distribute-image.poller.concurrency=400", "--distribute-image.poller.batch-size=400",
			"--distribute-image.poller.region-share=1" };

	private final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

	private final ExecutorService callers = Executors.newCachedThreadPool();

	private final Simulator simulator = Simulator.start();

	private final JdbcConnectionDetails database = new TestPostgres().newDatabase();

	private final JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(this.database.getJdbcUrl(),
			this.database.getUsername(), this.database.getPassword()));

	/** The answers to the posts of a client token while the replica was stopping. */
	private final Map<String, String> posted = new ConcurrentHashMap<>();

	@AfterEach
	void close() {
		this.callers.shutdownNow();
		this.simulator.close();
	}

	@Test
	void stoppingReplicaAnswersEverybodyAndHandsItsRunsOver() throws Exception {
		this.simulator.pace(Duration.ofSeconds(20));
		this.simulator.always(Operation.GET_IMAGE, Fault.hangFor(Duration.ofSeconds(10)));
		try (ServiceProcess other = start(); ServiceProcess one = start()) {
			other.suspend();
			startRuns(one);
			Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> pollsUnderWay() >= 200);
			List<CompletableFuture<HttpResponse<String>>> waiting = waiting(one);
			List<CompletableFuture<List<String>>> streams = streams(one);
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> requestsUnderWay(one) >= WAITING + STREAMS);
			List<CompletableFuture<Void>> posting = posting(one);
			Awaitility.await().until(() -> this.posted.size() > 50);
			assertThat(waiting).noneMatch(CompletableFuture::isDone);
			assertThat(streams).noneMatch(CompletableFuture::isDone);
			other.resume();
			int polls = pollsUnderWay();
			assertThat(polls).isGreaterThanOrEqualTo(200);
			long toldAt = System.nanoTime();
			assertThat(one.stop(Duration.ofSeconds(30))).isEqualTo(143);
			Duration stopping = Duration.ofNanos(System.nanoTime() - toldAt);
			Duration takenOver = takenOver();
			assertAnswered(waiting, streams);
			posting.forEach(CompletableFuture::join);
			int ended = assertAllEnd();
			Chaos.held(15,
					"SIGTERM with %d polls under way, %d waiting callers, %d streams and 8 callers that POST"
						.formatted(polls, WAITING, STREAMS),
					("exit after %.1f s; all waiting callers and streams answered; of %d POSTs %s, none stored "
							+ "unanswered; every run polled by the other replica within %.1f s of the exit (claims: 60 s); "
							+ "all %d runs ended, one build each")
						.formatted(stopping.toMillis() / 1e3, this.posted.size(), outcomes(),
								takenOver.toMillis() / 1e3, ended));
		}
	}

	private ServiceProcess start() {
		return ServiceProcess.start(this.database, this.simulator.endpoint(), SETTINGS);
	}

	private void startRuns(ServiceProcess one) {
		List<CompletableFuture<Void>> starting = IntStream.range(0, 8)
			.mapToObj((starter) -> CompletableFuture.runAsync(() -> {
				for (int i = starter; i < RUNS; i += 8) {
					String name = "run-" + i;
					assertThat(one.post(StartedRuns.request(name, name)).statusCode()).isEqualTo(202);
				}
			}, this.callers))
			.toList();
		starting.forEach(CompletableFuture::join);
	}

	private int pollsUnderWay() {
		return (int) this.simulator.requests(Operation.GET_IMAGE)
			.stream()
			.filter((request) -> request.status() == 0)
			.count();
	}

	// Half of them wait for runs that they start, half for existing runs. They are spread
	// out, because all at once would be too many.
	private List<CompletableFuture<HttpResponse<String>>> waiting(ServiceProcess one) {
		List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
		for (int i = 0; i < WAITING; i++) {
			String name = (i % 2 == 0) ? "run-" + i : "waiting-" + i;
			waiting
				.add(this.http.sendAsync(post(one, name).header("Prefer", "wait=60").build(), BodyHandlers.ofString()));
			if (waiting.size() % 20 == 0) {
				Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> requestsUnderWay(one) >= waiting.size());
			}
		}
		return waiting;
	}

	private List<CompletableFuture<List<String>>> streams(ServiceProcess one) {
		List<String> ids = this.jdbc.sql("select id::text from run order by number limit " + STREAMS)
			.query(String.class)
			.list();
		return ids.stream()
			.map((id) -> HttpRequest.newBuilder(one.uri("/v1/runs/" + id + "/events"))
				.header("Accept", "text/event-stream")
				.build())
			.map((request) -> this.http.sendAsync(request, BodyHandlers.ofLines())
				.thenApplyAsync((answer) -> answer.body().toList(), this.callers))
			.toList();
	}

	private static int requestsUnderWay(ServiceProcess one) {
		return one.metric("http.server.requests.active")
			.path("measurements")
			.valueStream()
			.filter((measurement) -> measurement.path("statistic").asString().equals("ACTIVE_TASKS"))
			.mapToInt((measurement) -> measurement.path("value").asInt())
			.sum();
	}

	private List<CompletableFuture<Void>> posting(ServiceProcess one) {
		AtomicInteger number = new AtomicInteger();
		return Stream.generate(() -> CompletableFuture.runAsync(() -> {
			while (one.isAlive()) {
				post(one, "posted-" + number.incrementAndGet(), this.posted);
			}
		}, this.callers)).limit(8).toList();
	}

	private void post(ServiceProcess one, String token, Map<String, String> outcomes) {
		try {
			HttpResponse<String> answer = this.http.sendAsync(post(one, token).build(), BodyHandlers.ofString())
				.orTimeout(40, TimeUnit.SECONDS)
				.join();
			outcomes.put(token, Integer.toString(answer.statusCode()));
		}
		catch (CompletionException ex) {
			outcomes.put(token, ex.getCause().getClass().getSimpleName());
		}
	}

	private static HttpRequest.Builder post(ServiceProcess one, String name) {
		return HttpRequest.newBuilder(one.uri("/v1/runs"))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(StartedRuns.request(name, name)));
	}

	/** The time from the exit until the other replica has polled every image. */
	private Duration takenOver() {
		Instant exit = this.simulator.settings().clock().instant();
		this.simulator.clearFaults();
		Duration within = POLL_EVERY.multipliedBy(11).dividedBy(10).plusSeconds(4);
		Awaitility.await().atMost(within).untilAsserted(() -> {
			assertThat(count("status = 'RUNNING' and image_build_version_arn is null")).isZero();
			assertThat(polledSince(exit)).containsAll(images());
		});
		return Duration.between(exit, this.simulator.settings().clock().instant());
	}

	private Set<String> polledSince(Instant moment) {
		return this.simulator.requests(Operation.GET_IMAGE)
			.stream()
			.filter((request) -> !request.at().isBefore(moment))
			.flatMap((request) -> request.parameter("imageBuildVersionArn").stream())
			.collect(Collectors.toSet());
	}

	private List<String> images() {
		return this.jdbc.sql("select image_build_version_arn from run where status = 'RUNNING'")
			.query(String.class)
			.list();
	}

	private void assertAnswered(List<CompletableFuture<HttpResponse<String>>> waiting,
			List<CompletableFuture<List<String>>> streams) {
		for (int i = 0; i < WAITING; i++) {
			HttpResponse<String> answer = waiting.get(i).orTimeout(1, TimeUnit.SECONDS).join();
			assertThat(answer.statusCode()).isEqualTo((i % 2 == 0) ? 200 : 202);
			assertThat(answer.headers().firstValue("Preference-Applied")).contains("wait=60");
			assertThat(JsonMapper.shared().readTree(answer.body()).path("status").asString()).isEqualTo("RUNNING");
		}
		assertThat(streams).allSatisfy(
				(stream) -> assertThat(stream.orTimeout(1, TimeUnit.SECONDS).join()).contains("event: STEP_ENDED"));
	}

	private int assertAllEnd() {
		Set<String> stored = new HashSet<>(
				this.jdbc.sql("select client_token from run_input where client_token like 'posted-%'")
					.query(String.class)
					.list());
		Set<String> accepted = new HashSet<>(this.posted.keySet());
		accepted.removeIf((token) -> !"202".equals(this.posted.get(token)));
		assertThat(stored).isEqualTo(accepted);
		int all = RUNS + WAITING / 2 + accepted.size();
		Awaitility.await()
			.atMost(Duration.ofMinutes(5))
			.pollInterval(Duration.ofSeconds(1))
			.until(() -> count("status = 'RUNNING'") == 0);
		assertThat(count("status = 'SUCCEEDED'")).isEqualTo(all);
		assertThat(this.simulator.builds()).isEqualTo(all);
		return all;
	}

	private int count(String condition) {
		return this.jdbc.sql("select count(*) from run where " + condition).query(Integer.class).single();
	}

	private String outcomes() {
		List<String> counted = new ArrayList<>();
		this.posted.values()
			.stream()
			.collect(Collectors.groupingBy((outcome) -> outcome, Collectors.counting()))
			.forEach((outcome, times) -> counted.add(times + " × " + outcome));
		return String.join(", ", counted);
	}

}
