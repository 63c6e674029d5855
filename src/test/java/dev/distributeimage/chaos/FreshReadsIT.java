package dev.distributeimage.chaos;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.TestPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Row 18: every replica shows what any replica has answered. */
@Tag("chaos")
@Tag("chaos-full")
class FreshReadsIT {

	private static final int RUNS = 1_000;

	private static final int CALLERS = 6;

	private final HttpClient http = HttpClient.newHttpClient();

	private final AtomicInteger answers = new AtomicInteger();

	private final AtomicInteger reads = new AtomicInteger();

	@Test
	void noReplicaShowsARunOlderThanItWasAnswered() {
		try (Fleet fleet = new Fleet(new TestPostgres().newDatabase(), 3)) {
			fleet.simulator().change("{ \"pace\": \"300ms\" }");
			AtomicInteger begun = new AtomicInteger();
			ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
			List<CompletableFuture<Void>> calling = IntStream.range(0, CALLERS)
				.mapToObj((caller) -> CompletableFuture.runAsync(() -> {
					Random random = new Random(Chaos.seed() * 31 + caller);
					for (int run = begun.getAndIncrement(); run < RUNS; run = begun.getAndIncrement()) {
						live(fleet.ready(), "fresh-" + run, random);
					}
				}, callers))
				.toList();
			calling.forEach(CompletableFuture::join);
			callers.shutdown();
		}
		assertThat(this.answers).hasValueGreaterThanOrEqualTo(RUNS);
		Chaos.held(18, "after each 2xx, GET of run, list and events from 3 replicas at once",
				"%d runs, %d answers, %d reads, none older".formatted(RUNS, this.answers.get(), this.reads.get()));
	}

	/** Starts a run, and may cancel it or follow it to its end and retry it. */
	private void live(List<ServiceProcess> replicas, String token, Random random) {
		Supplied any = new Supplied(replicas, random);
		String id = any.post("/v1/runs", StartedRuns.request(token, token)).id();
		if (random.nextInt(2) == 0) {
			any.post("/v1/runs/" + id + "/cancel", "");
		}
		if (random.nextInt(4) == 0) {
			Seen seen = any.get("/v1/runs/" + id);
			while (seen.status().equals("RUNNING")) {
				seen = any.get("/v1/runs/" + id);
			}
			if (!seen.status().equals("SUCCEEDED")) {
				any.post("/v1/runs/" + id + "/retry", "");
			}
		}
	}

	/** Any replica answers first, and all of them must then show at least as much. */
	private final class Supplied {

		private final List<ServiceProcess> replicas;

		private final Random random;

		Supplied(List<ServiceProcess> replicas, Random random) {
			this.replicas = replicas;
			this.random = random;
		}

		Seen post(String path, String body) {
			return ask((uri) -> HttpRequest.newBuilder(uri)
				.header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString(body))
				.build(), path);
		}

		Seen get(String path) {
			return ask((uri) -> HttpRequest.newBuilder(uri).header("Prefer", "wait=5").build(), path);
		}

		private Seen ask(Asked asked, String path) {
			ServiceProcess one = this.replicas.get(this.random.nextInt(this.replicas.size()));
			HttpResponse<String> answer = answered(asked.of(one.uri(path))).join();
			Seen seen = Seen.of(JsonMapper.shared().readTree(answer.body()));
			// A cancel may come too late.
			if (answer.statusCode() < 300) {
				FreshReadsIT.this.answers.incrementAndGet();
				seen = seen.at(answer);
				everyReplicaShows(seen);
			}
			return seen;
		}

		private void everyReplicaShows(Seen seen) {
			List<CompletableFuture<Void>> shown = new ArrayList<>();
			List<ServiceProcess> all = new ArrayList<>(this.replicas);
			Collections.shuffle(all, this.random);
			for (ServiceProcess replica : all) {
				shown.add(read(replica, "/v1/runs/" + seen.id()).thenAccept(seen::isNotNewerThanRun));
				shown.add(read(replica, "/v1/runs?clientToken=" + seen.token()).thenAccept(seen::isNotNewerThanList));
				shown.add(read(replica, "/v1/runs/" + seen.id() + "/events?pageSize=500")
					.thenAccept(seen::isNotNewerThanEvents));
				if (!seen.status().equals("RUNNING")) {
					shown.add(read(replica, "/v1/runs?clientToken=" + seen.token() + "&status=" + seen.status())
						.thenAccept(seen::isNotNewerThanList));
				}
			}
			shown.forEach(CompletableFuture::join);
		}

	}

	/** Sends a request to any replica. */
	private interface Asked {

		HttpRequest of(URI uri);

	}

	private CompletableFuture<HttpResponse<String>> read(ServiceProcess replica, String path) {
		this.reads.incrementAndGet();
		return answered(HttpRequest.newBuilder(replica.uri(path)).build());
	}

	// A refusal for overload shows nothing.
	private CompletableFuture<HttpResponse<String>> answered(HttpRequest request) {
		return this.http.sendAsync(request, BodyHandlers.ofString())
			.thenCompose((answer) -> (answer.statusCode() == 503) ? answered(request)
					: CompletableFuture.completedFuture(answer));
	}

	/**
	 * A run as an answer showed it.
	 *
	 * @param event the number of its last event
	 */
	private record Seen(String id, String token, String status, long event, Instant updatedAt) {

		static Seen of(JsonNode run) {
			return new Seen(run.path("id").asString(""), run.at("/inputs/clientToken").asString(""),
					run.path("status").asString(""), 0,
					Instant.parse(run.path("updatedAt").asString("1970-01-01T00:00:00Z")));
		}

		Seen at(HttpResponse<String> answer) {
			return new Seen(this.id, this.token, this.status, event(answer), this.updatedAt);
		}

		private static long event(HttpResponse<String> answer) {
			return Long.parseLong(answer.headers().firstValue("ETag").orElseThrow().replaceAll("[^0-9]", ""));
		}

		void isNotNewerThanRun(HttpResponse<String> answer) {
			Seen later = of(JsonMapper.shared().readTree(answer.body())).at(answer);
			assertThat(later.event).as("%s after %s", later, this).isGreaterThanOrEqualTo(this.event);
			assertThat(later.updatedAt).as("%s after %s", later, this).isAfterOrEqualTo(this.updatedAt);
			if (later.event == this.event) {
				assertThat(later).isEqualTo(this);
			}
		}

		void isNotNewerThanList(HttpResponse<String> answer) {
			JsonNode items = JsonMapper.shared().readTree(answer.body()).path("items");
			assertThat(items).as("list after %s", this).hasSize(1);
			Seen later = of(items.get(0));
			assertThat(later.id).isEqualTo(this.id);
			assertThat(later.updatedAt).as("%s after %s", later, this).isAfterOrEqualTo(this.updatedAt);
		}

		void isNotNewerThanEvents(HttpResponse<String> answer) {
			JsonNode items = JsonMapper.shared().readTree(answer.body()).path("items");
			assertThat(items.path(items.size() - 1).path("sequence").asLong()).as("events after %s", this)
				.isGreaterThanOrEqualTo(this.event);
		}

	}

}
