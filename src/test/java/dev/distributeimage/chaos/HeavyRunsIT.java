package dev.distributeimage.chaos;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Row 21: runs of 1 MB, listed, waited for and not read, in a heap of 256 MB that an
 * OutOfMemoryError would end.
 */
@Tag("chaos")
class HeavyRunsIT {

	private static final int RUNS = Chaos.times(15, 50);

	private static final Duration TIME = Duration.ofSeconds(Chaos.times(5, 30));

	private static final int LISTING = Chaos.times(2, 8);

	private static final int WAITING = Chaos.times(50, 200);

	private static final int UNREAD = Chaos.times(50, 200);

	private static final int STREAMS = Chaos.times(1_500, 4_000);

	/** In short form the machine may be too busy for a moment. */
	private static final Duration PATIENCE = Duration.ofSeconds(Chaos.times(20, 0));

	/** The default of {@code distribute-image.watch.open-requests}. */
	private static final int MOST_OPEN = 1_000;

	/** The allowed growth of live heap, out of 256 MB. */
	private static final int FLAT_MEGABYTES = 32;

	private static final String HOST = " HTTP/1.1\r\nHost: localhost\r\n";

	private static final Pattern NEXT = Pattern.compile("\"nextPageToken\":\"([^\"]+)\"");

	private final Map<String, AtomicInteger> lists = new ConcurrentHashMap<>();

	@Test
	void heavyRunsHoldNobodyUpAndTakeNoMemory() throws Exception {
		Chaos.needJcmd(21);
		try (Simulator simulator = Simulator.start();
				ServiceProcess service = ServiceProcess.start(new TestPostgres().newDatabase(), simulator.endpoint(),
						Map.of("JAVA_TOOL_OPTIONS", "-XX:+ExitOnOutOfMemoryError"))) {
			simulator.pace(Duration.ofHours(1));
			new Bystander(service, "warm-up").callFor(Duration.ofSeconds(Chaos.times(2, 10)));
			String heavy = startHeavyRuns(service);
			int before = Heap.megabytes(service);
			Bystander bystander = new Bystander(service, "bystander", PATIENCE);
			String answers = attack(service, heavy, bystander);
			assertThat(service.isAlive()).isTrue();
			Awaitility.await()
				.atMost(Duration.ofSeconds(60))
				.untilAsserted(() -> assertThat(Heap.megabytes(service)).isLessThan(before + FLAT_MEGABYTES));
			String figures = "%s; lists %s; %s; %d and %d MB of heap alive before and after".formatted(bystander,
					this.lists, answers, before, Heap.megabytes(service));
			assertThat(bystander.failures()).as(figures).isEmpty();
			if (Chaos.times(0, 1) == 1) {
				assertThat(bystander.p99OfGets()).as(figures).isLessThanOrEqualTo(100);
				assertThat(bystander.p99OfPosts()).as(figures).isLessThanOrEqualTo(100);
			}
			Chaos.held(21,
					("%d runs of 1 MB in a heap of 256 MB: %d callers list them, %d wait for one, %d do not read it,"
							+ " %,d streams")
						.formatted(RUNS, LISTING, WAITING, UNREAD, STREAMS),
					figures);
		}
	}

	private static String startHeavyRuns(ServiceProcess service) {
		List<String> runs = IntStream.range(0, RUNS).mapToObj((i) -> {
			HttpResponse<String> answer = service.post(HeavyRuns.request("heavy-" + i));
			assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
			return answer.headers().firstValue("Location").orElseThrow();
		}).toList();
		return runs.get(0);
	}

	private String attack(ServiceProcess service, String heavy, Bystander bystander) throws Exception {
		int port = service.uri("/").getPort();
		ExecutorService callers = Executors.newFixedThreadPool(LISTING + 1);
		try (SlowClients unread = new SlowClients(port);
				SlowClients waiting = new SlowClients(port);
				SlowClients streams = new SlowClients(port)) {
			long end = System.nanoTime() + TIME.toNanos();
			List<Future<?>> listing = IntStream.range(0, LISTING)
				.<Future<?>>mapToObj((i) -> callers.submit(() -> list(service, end)))
				.toList();
			unread.open(UNREAD, "GET " + heavy + HOST + "\r\n");
			waiting.open(WAITING, "GET " + heavy + HOST + "Prefer: wait=60\r\n\r\n");
			Future<List<String>> opened = callers.submit(() -> streams.openInTurn(STREAMS,
					"GET " + heavy + "/events" + HOST + "Accept: text/event-stream\r\n\r\n"));
			bystander.callFor(TIME);
			for (Future<?> one : listing) {
				one.get();
			}
			return streams(opened.get());
		}
		finally {
			callers.shutdownNow();
		}
	}

	private static String streams(List<String> statusLines) {
		long opened = statusLines.stream().filter((line) -> line.startsWith("HTTP/1.1 200")).count();
		long refused = statusLines.stream().filter((line) -> line.startsWith("HTTP/1.1 503")).count();
		String figures = "%d streams opened, %d refused".formatted(opened, refused);
		assertThat(opened).as(figures).isBetween((long) MOST_OPEN - WAITING - 50, (long) MOST_OPEN);
		assertThat(opened + refused).as(figures).isEqualTo(STREAMS);
		return figures;
	}

	// Follows the pages to the end, and begins again.
	private void list(ServiceProcess service, long end) {
		String next = "";
		while (System.nanoTime() < end) {
			HttpResponse<String> answer = service.answer("/v1/runs" + next);
			this.lists.computeIfAbsent(Integer.toString(answer.statusCode()), (key) -> new AtomicInteger())
				.incrementAndGet();
			next = (answer.statusCode() == 200) ? next(answer.body()) : refused(answer, next);
		}
	}

	// Not parsed, because that would cost as much as to make it.
	private static String next(String body) {
		assertThat(body.length()).isBetween(1_000, 4 * 1024 * 1024 + 1_000);
		Matcher token = NEXT.matcher(body.substring(body.length() - 200));
		return token.find() ? "?pageToken=" + token.group(1) : "";
	}

	private static String refused(HttpResponse<String> answer, String next) {
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
		assertThat(answer.body()).contains("/problems/overloaded");
		return next;
	}

}
