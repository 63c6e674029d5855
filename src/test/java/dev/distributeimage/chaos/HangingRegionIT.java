package dev.distributeimage.chaos;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.simulator.FaultRule;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.RecordedRequest;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the jar while every call to the Region with most of the runs, or to each of
 * hundreds of Regions, hangs until its timeout.
 */
@Tag("chaos")
class HangingRegionIT {

	private static final String HANGING = "eu-west-1";

	private static final List<String> OTHERS = List.of("us-east-1", "us-west-2", "ap-south-1");

	private static final Duration INTERVAL = Duration.ofSeconds(2);

	private static final String[] SETTINGS = { "--distribute-image.image.poll-every=" + INTERVAL.toMillis() + "ms",
			"--distribute-image.poller.claim-for=10s", "--distribute-image.aws.attempt-timeout=2s",
			"--distribute-image.poller.tick=200ms" };

	private final Simulator simulator = Simulator.start();

	private final JdbcConnectionDetails database = new TestPostgres().newDatabase();

	private final List<String> runs = new ArrayList<>();

	@AfterEach
	void close() {
		this.simulator.clearFaults();
		this.simulator.close();
	}

	@Test
	@Tag("chaos-full")
	void otherRegionsArePolledOnTime() {
		this.simulator.pace(Duration.ofHours(1));
		try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(), SETTINGS)) {
			IntStream.range(0, 200).forEach((i) -> start(service, HANGING));
			IntStream.range(0, 99).forEach((i) -> start(service, OTHERS.get(i % 3)));
			Awaitility.await().atMost(Duration.ofMinutes(2)).until(() -> this.simulator.builds() == 299);
			Latencies before = callFor(service, 15);
			Figures polls = new Figures(List.of());
			Latencies during = Latencies.NONE;
			for (int i = 0; i < 3; i++) {
				this.simulator.forgetRequests();
				FaultRule hang = this.simulator.always().inRegion(HANGING).hang();
				during = during.and(callFor(service, 15));
				polls = polls.and(distances(Instant.now(), 99, (request) -> !HANGING.equals(request.region())));
				assertThat(hang.hits()).isGreaterThan(4);
				hang.release();
				Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> pollsOf(HANGING).size() > 600);
			}
			String figures = "polls of other Regions p99 %d ms, longest %d ms apart at %d ms; GET p99 %d ms (%d ms without), POST p99 %d ms (%d ms without)"
				.formatted(polls.p99(), polls.longest(), INTERVAL.toMillis(), during.gets().p99(), before.gets().p99(),
						during.posts().p99(), before.posts().p99());
			System.out.println(figures);
			assertThat(polls.p99()).as(figures).isLessThanOrEqualTo(2 * INTERVAL.toMillis());
			assertThat(during.gets().p99()).as(figures).isLessThan(3 * before.gets().p99() + 100);
			assertThat(during.posts().p99()).as(figures).isLessThan(3 * before.posts().p99() + 100);
			Chaos.held(10, "all calls of the Region with two thirds of 300 runs hang, three times", figures);
		}
	}

	@Test
	void hundredsOfRegionsThatHangHoldUpNoOther() {
		List<String> hanging = IntStream.range(0, Chaos.times(60, 300)).mapToObj((i) -> "us-hang-" + i).toList();
		this.simulator.pace(Duration.ofHours(1));
		FaultRule hang = this.simulator.always().when((request) -> isOneOf(hanging, request)).hang();
		try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(),
				"--distribute-image.image.poll-every=" + INTERVAL.toMillis() + "ms",
				"--distribute-image.aws.extra-regions=" + String.join(",", hanging))) {
			IntStream.range(0, 20).forEach((i) -> start(service, "eu-west-1"));
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> this.simulator.builds() == 20);
			hanging.forEach((region) -> start(service, region));
			Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> hang.hits() >= 7);
			this.simulator.forgetRequests();
			Instant begin = Instant.now();
			List<Long> firstCalls = new ArrayList<>();
			for (String region : List.of("us-east-1", "us-west-2", "eu-west-1", "ap-south-1", "eu-west-1")) {
				firstCalls.add(firstCall(service, region));
			}
			// Two of the new runs are there as well.
			int images = 22;
			Instant end = begin.plusSeconds(Chaos.times(15, 120));
			Awaitility.await()
				.atMost(Duration.ofMinutes(3))
				.until(() -> Instant.now().isAfter(end) && polledImages("eu-west-1") == images);
			Figures polls = distances(Instant.now(), images, (request) -> "eu-west-1".equals(request.region()));
			Figures first = new Figures(firstCalls);
			String figures = "polls of another Region p99 %d ms, longest %d ms apart at %d ms; first calls of new runs, three of them in new Regions, after %d ms at most; at most %d calls hung at once"
				.formatted(polls.p99(), polls.longest(), INTERVAL.toMillis(), first.longest(), mostAtOnce(hanging));
			System.out.println(figures);
			if (Chaos.times(0, 1) == 1) {
				assertThat(polls.p99()).as(figures).isLessThanOrEqualTo(2 * INTERVAL.toMillis());
				assertThat(first.longest()).as(figures).isLessThan(2_000);
			}
			assertThat(mostAtOnce(hanging)).as(figures).isGreaterThanOrEqualTo(4);
			// A slow machine may send one call late, and the next on time.
			assertThat(mostWithin(Chaos.times(5, 9), hanging)).as(figures).isLessThanOrEqualTo(8);
			Chaos.held(20, "%d runs, each in a hanging Region of its own".formatted(hanging.size()), figures);
		}
	}

	private static boolean isOneOf(List<String> regions, RecordedRequest request) {
		return request.region() != null && regions.contains(request.region());
	}

	/** Starts a run, and returns after how many milliseconds it was called for. */
	private long firstCall(ServiceProcess service, String region) {
		Instant begin = Instant.now();
		String name = "run-" + this.runs.size();
		start(service, region);
		RecordedRequest call = Awaitility.await()
			.atMost(Duration.ofMinutes(1))
			.pollInterval(Duration.ofMillis(20))
			.until(() -> this.simulator.requests(Operation.CREATE_DISTRIBUTION_CONFIGURATION)
				.stream()
				.filter((request) -> request.parameter("name").filter(name::equals).isPresent())
				.findFirst()
				.orElse(null), Objects::nonNull);
		return Duration.between(begin, call.at()).toMillis();
	}

	// A call that hangs ends after ten seconds; what begins within nine hangs together.
	private int mostAtOnce(List<String> hanging) {
		return mostWithin(9, hanging);
	}

	private int mostWithin(int seconds, List<String> hanging) {
		List<Instant> begun = this.simulator.requests()
			.stream()
			.filter((request) -> isOneOf(hanging, request))
			.map(RecordedRequest::at)
			.toList();
		return begun.stream()
			.mapToInt((last) -> (int) begun.stream()
				.filter((at) -> !at.isAfter(last) && at.isAfter(last.minusSeconds(seconds)))
				.count())
			.max()
			.orElse(0);
	}

	private void start(ServiceProcess service, String region) {
		this.runs.add(
				service
					.post("""
							{ "distributionName": "run-%1$d",
							  "distributions": [ { "region": "%2$s",
							    "amiDistributionConfiguration": { "name": "web {{ imagebuilder:buildDate }}" } } ],
							  "imageRecipeArn": "arn:aws:imagebuilder:%2$s:123456789012:image-recipe/web/1.0.0",
							  "infrastructureConfigurationArn":
							    "arn:aws:imagebuilder:%2$s:123456789012:infrastructure-configuration/web" }"""
						.formatted(this.runs.size(), region))
					.headers()
					.firstValue("Location")
					.orElseThrow());
	}

	private Latencies callFor(ServiceProcess service, int seconds) {
		List<Long> gets = new ArrayList<>();
		List<Long> posts = new ArrayList<>();
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
		while (System.nanoTime() < end) {
			int run = gets.size() % this.runs.size();
			gets.add(millis(() -> assertThat(service.answer(this.runs.get(run)).statusCode()).isEqualTo(200)));
			if (gets.size() % 20 == 0) {
				posts.add(millis(() -> start(service, OTHERS.get(0))));
			}
		}
		return new Latencies(new Figures(gets), new Figures(posts));
	}

	// Counts up to the end, so that a run that is never polled is detected.
	private Figures distances(Instant end, int images, Predicate<RecordedRequest> others) {
		Map<String, List<Instant>> polls = this.simulator.requests(Operation.GET_IMAGE)
			.stream()
			.filter(others)
			.collect(Collectors.groupingBy((request) -> request.parameter("imageBuildVersionArn").orElseThrow(),
					Collectors.mapping(RecordedRequest::at, Collectors.toList())));
		assertThat(polls).hasSizeGreaterThanOrEqualTo(images);
		return new Figures(polls.values()
			.stream()
			.map((of) -> Stream.concat(of.stream(), Stream.of(end)).toList())
			.flatMap((of) -> IntStream.range(1, of.size())
				.mapToObj((i) -> Duration.between(of.get(i - 1), of.get(i)).toMillis()))
			.toList());
	}

	private long polledImages(String region) {
		return pollsOf(region).stream()
			.map((request) -> request.parameter("imageBuildVersionArn").orElseThrow())
			.distinct()
			.count();
	}

	private List<RecordedRequest> pollsOf(String region) {
		return this.simulator.requests(Operation.GET_IMAGE)
			.stream()
			.filter((request) -> region.equals(request.region()))
			.toList();
	}

	private static long millis(Runnable call) {
		long begin = System.nanoTime();
		call.run();
		return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
	}

	/** The waits of the service's callers. */
	private record Latencies(Figures gets, Figures posts) {

		static final Latencies NONE = new Latencies(new Figures(List.of()), new Figures(List.of()));

		Latencies and(Latencies other) {
			return new Latencies(this.gets.and(other.gets), this.posts.and(other.posts));
		}

	}

	/** In milliseconds. */
	private record Figures(List<Long> all) {

		Figures and(Figures other) {
			return new Figures(Stream.concat(this.all.stream(), other.all.stream()).toList());
		}

		long p99() {
			return this.all.stream().sorted().skip(this.all.size() * 99L / 100).findFirst().orElseThrow();
		}

		long longest() {
			return this.all.stream().mapToLong(Long::longValue).max().orElseThrow();
		}

	}

}
