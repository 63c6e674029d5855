package dev.distributeimage.chaos;

import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.distributeimage.ServiceProcess;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.jspecify.annotations.Nullable;

/** A well-behaved caller, who starts and gets runs while others attack the service. */
final class Bystander {

	private final Queue<Long> gets = new ConcurrentLinkedQueue<>();

	private final Queue<Long> posts = new ConcurrentLinkedQueue<>();

	private final List<String> failures = new CopyOnWriteArrayList<>();

	private final ServiceProcess service;

	private final String name;

	private final Duration patience;

	private int started;

	/** A caller who expects an answer to the first attempt. */
	Bystander(ServiceProcess service, String name) {
		this(service, name, Duration.ZERO);
	}

	/** A caller who repeats for some time what is refused for a moment. */
	Bystander(ServiceProcess service, String name, Duration patience) {
		this.service = service;
		this.name = name;
		this.patience = patience;
	}

	/** Calls one after the other for some time: ten GETs, a POST and a probe in turn. */
	Bystander callFor(Duration time) {
		long end = System.nanoTime() + time.toNanos();
		String run = "/v1/runs";
		while (System.nanoTime() < end) {
			HttpResponse<String> post = measured(this.posts, 202,
					() -> this.service.post(StartedRuns.request(this.name, this.name + "-" + ++this.started)));
			String path = (post != null) ? post.headers().firstValue("Location").orElse(run) : run;
			for (int i = 0; i < 10; i++) {
				measured(this.gets, 200, () -> this.service.answer(path));
			}
			measured(this.gets, 200, this.service::liveness);
		}
		return this;
	}

	private @Nullable HttpResponse<String> measured(Queue<Long> nanos, int expected,
			Supplier<HttpResponse<String>> call) {
		long begin = System.nanoTime();
		try {
			HttpResponse<String> answer = answered(call);
			if (answer.statusCode() != expected) {
				this.failures.add(answer.statusCode() + ": " + answer.body());
			}
			return answer;
		}
		catch (UncheckedIOException ex) {
			this.failures.add(ex.toString());
			return null;
		}
		finally {
			nanos.add(System.nanoTime() - begin);
		}
	}

	private HttpResponse<String> answered(Supplier<HttpResponse<String>> call) {
		HttpResponse<String> first = call.get();
		if (!isRefusedForAMoment(first) || this.patience.isZero()) {
			return first;
		}
		try {
			return Awaitility.await()
				.atMost(this.patience)
				.pollInterval(Duration.ofSeconds(1))
				.until(call::get, (answer) -> !isRefusedForAMoment(answer));
		}
		catch (ConditionTimeoutException ex) {
			return first;
		}
	}

	private static boolean isRefusedForAMoment(HttpResponse<String> answer) {
		return answer.statusCode() == 503 && answer.headers().firstValue("Retry-After").isPresent();
	}

	List<String> failures() {
		return this.failures;
	}

	long p99OfGets() {
		return p99(this.gets);
	}

	long p99OfPosts() {
		return p99(this.posts);
	}

	private static long p99(Queue<Long> nanos) {
		List<Long> sorted = nanos.stream().sorted().toList();
		return TimeUnit.NANOSECONDS.toMillis(sorted.get((int) (sorted.size() * 0.99)));
	}

	@Override
	public String toString() {
		return "%d GETs p99 %d ms, %d POSTs p99 %d ms".formatted(this.gets.size(), p99OfGets(), this.posts.size(),
				p99OfPosts());
	}

}
