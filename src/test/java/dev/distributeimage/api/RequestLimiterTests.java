package dev.distributeimage.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.DatabaseFailed;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.wire.RefusedRequests;
import dev.distributeimage.run.postgres.BatchOverdueException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.jdbc.CannotGetJdbcConnectionException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RequestLimiterTests {

	private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

	private final RequestLimiter limiter = limiter(Duration.ofMinutes(1));

	private final RequestLimiter impatient = limiter(Duration.ofMillis(1));

	private final ExecutorService callers = Executors.newCachedThreadPool();

	private final CountDownLatch over = new CountDownLatch(1);

	private final AtomicInteger begun = new AtomicInteger();

	// Two connections and a hundred places in the queue.
	private RequestLimiter limiter(Duration longestWait) {
		return new RequestLimiter(7, 152, longestWait, new RefusedRequests(this.metrics));
	}

	@AfterEach
	void close() {
		this.over.countDown();
		this.callers.shutdown();
	}

	@Test
	void limitedLeavesFiveConnectionsToOthers() {
		List<CompletableFuture<Integer>> calls = calls(this.limiter, 10);
		Awaitility.await().during(Duration.ofMillis(50)).until(() -> this.begun.get() == 2);
		this.over.countDown();
		assertThat(calls).allSatisfy((call) -> assertThat(call.join()).isPositive());
	}

	@Test
	void smallestPoolLetsOneBegin() {
		RequestLimiter smallest = new RequestLimiter(1, 1, Duration.ZERO, new RefusedRequests(this.metrics));
		assertThat(smallest.<String>limited(() -> smallest.<String>queued(() -> "one"))).isEqualTo("one");
	}

	@Test
	void limitedBeyondTheQueueIsRefusedAtOnce() {
		List<CompletableFuture<Integer>> calls = calls(this.limiter, 120);
		Awaitility.await().until(() -> refused(calls) == 18);
		this.over.countDown();
		assertThat(calls).filteredOn((call) -> call.handle((done, ex) -> ex == null).join()).hasSize(102);
		assertThat(this.metrics.get("distribute.image.requests.refused").tag("reason", "overloaded").counter().count())
			.isEqualTo(18);
	}

	@Test
	void limitedThatHasWaitedTooLongIsRefused() {
		takeAllConnections(this.impatient);
		assertRefused(() -> this.impatient.limited(() -> "late"), ProblemType.OVERLOADED);
		this.over.countDown();
		Awaitility.await().until(() -> succeeds(this.impatient));
	}

	@Test
	void queuedNeedsNoConnection() {
		takeAllConnections(this.impatient);
		assertThat(this.impatient.<String>queued(() -> "started")).isEqualTo("started");
	}

	@Test
	void queuedBeyondTheQueueIsRefusedAtOnce() {
		calls(this.limiter, 102);
		Awaitility.await()
			.untilAsserted(() -> assertRefused(() -> this.limiter.queued(() -> "too many"), ProblemType.OVERLOADED));
	}

	@Test
	void queuedWhoseBatchIsOverdueIsRefused() {
		assertRefused(() -> this.limiter.queued(RequestLimiterTests::overdue), ProblemType.OVERLOADED);
		assertThat(this.metrics.get("distribute.image.requests.refused").tag("reason", "overloaded").counter().count())
			.isOne();
	}

	@Test
	void workThatFailsGivesItsPlaceBack() {
		for (int i = 0; i < 200; i++) {
			assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> this.limiter.limited(RequestLimiterTests::fail));
			assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> this.limiter.queued(RequestLimiterTests::fail));
		}
		assertThat(succeeds(this.limiter)).isTrue();
	}

	@Test
	void failureOfTheDatabaseCountsAsARefusal() {
		RefusedRequests refused = new RefusedRequests(this.metrics);
		refused.on(new DatabaseFailed(ProblemType.OUTCOME_UNKNOWN));
		refused.on(new DatabaseFailed(ProblemType.SEARCH_TIMEOUT));
		assertThat(this.metrics.get("distribute.image.requests.refused")
			.tag("reason", "outcome-unknown")
			.counter()
			.count()).isOne();
	}

	@Test
	void refusalNamesTheDatabaseOnceThatIsAway() {
		databaseIsAway(this.impatient);
		takeAllConnections(this.impatient);
		assertRefused(() -> this.impatient.limited(() -> "late"), ProblemType.UNAVAILABLE);
		assertRefused(() -> this.impatient.queued(RequestLimiterTests::overdue), ProblemType.UNAVAILABLE);
		assertThat(this.metrics.get("distribute.image.requests.refused").tag("reason", "unavailable").counter().count())
			.isEqualTo(2);
	}

	@Test
	void refusalDoesNotNameTheDatabaseOnceThatIsBack() {
		databaseIsAway(this.impatient);
		assertThat(succeeds(this.impatient)).isTrue();
		takeAllConnections(this.impatient);
		assertRefused(() -> this.impatient.limited(() -> "late"), ProblemType.OVERLOADED);
	}

	private static void databaseIsAway(RequestLimiter limiter) {
		assertThatExceptionOfType(CannotGetJdbcConnectionException.class).isThrownBy(() -> limiter.limited(() -> {
			throw new CannotGetJdbcConnectionException("away");
		}));
	}

	private void takeAllConnections(RequestLimiter limiter) {
		calls(limiter, 2);
		Awaitility.await().until(() -> this.begun.get() == 2);
	}

	private static void assertRefused(Supplier<String> request, ProblemType type) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(request::get)
			.extracting(ProblemException::type)
			.isEqualTo(type);
	}

	private List<CompletableFuture<Integer>> calls(RequestLimiter limiter, int count) {
		List<CompletableFuture<Integer>> calls = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			calls.add(CompletableFuture.supplyAsync(() -> limiter.<Integer>limited(this::stay), this.callers));
		}
		return calls;
	}

	private int stay() {
		int number = this.begun.incrementAndGet();
		try {
			this.over.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return number;
	}

	private static boolean succeeds(RequestLimiter limiter) {
		try {
			return limiter.<Boolean>limited(() -> true);
		}
		catch (ProblemException ex) {
			return false;
		}
	}

	private static String overdue() {
		throw new BatchOverdueException();
	}

	private static String fail() {
		throw new IllegalStateException();
	}

	private static long refused(List<CompletableFuture<Integer>> calls) {
		return calls.stream().filter(CompletableFuture::isCompletedExceptionally).count();
	}

}
