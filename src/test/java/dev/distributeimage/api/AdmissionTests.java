package dev.distributeimage.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.distributeimage.run.intake.TurnRefusedException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;

class AdmissionTests {

	private final AtomicLong nanos = new AtomicLong();

	private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

	// Two at once, and at most a hundred who wait.
	private final Admission admission = new Admission(6, 152, this.metrics, this.nanos::get);

	private final ExecutorService callers = Executors.newCachedThreadPool();

	private final CountDownLatch over = new CountDownLatch(1);

	private final AtomicInteger begun = new AtomicInteger();

	@AfterEach
	void close() {
		this.over.countDown();
		this.callers.shutdown();
	}

	@Test
	void admitLetsFourConnectionsToOthers() {
		List<CompletableFuture<Integer>> two = calls(2);
		Awaitility.await().until(() -> this.begun.get() == 2);
		assertRefused(ProblemType.OVERLOADED);
		this.over.countDown();
		assertThat(two).allSatisfy((call) -> assertThat(call.join()).isPositive());
		assertThat(this.admission.<String>admit(() -> "next")).isEqualTo("next");
	}

	@Test
	void admitLetsAtLeastOneBegin() {
		assertThat(new Admission(1, 1, this.metrics, this.nanos::get).<String>admit(() -> "one")).isEqualTo("one");
	}

	@Test
	void admitRefusesAtOnceWhatIsMoreThanMayWait() {
		List<CompletableFuture<Integer>> calls = calls(120);
		Awaitility.await().until(() -> refused(calls) == 18);
		this.over.countDown();
		assertThat(calls).filteredOn((call) -> call.handle((done, ex) -> ex == null).join()).hasSize(102);
		assertThat(this.metrics.get("distribute.image.requests.refused").counter().count()).isEqualTo(18);
	}

	@Test
	void admitLetsOnlySoManyWaitAsWillSoonHaveTheirTurn() {
		takeHalfASecond(100);
		List<CompletableFuture<Integer>> calls = calls(50);
		Awaitility.await().until(() -> refused(calls) == 50 - 2 - 2 * 4);
		assertThat(this.begun).hasValue(2);
	}

	@Test
	void admitLetsMoreWaitWhenTurnsAreShortAgain() {
		takeHalfASecond(100);
		for (int i = 0; i < 200; i++) {
			this.admission.<Boolean>admit(() -> true);
		}
		List<CompletableFuture<Integer>> calls = calls(102);
		Awaitility.await().until(() -> this.begun.get() == 2);
		this.over.countDown();
		assertThat(calls).allSatisfy((call) -> assertThat(call.join()).isPositive());
	}

	@Test
	void admitWithoutTurnLeavesTheTurnsToOthers() {
		this.admission.<Boolean>admitWithoutTurn(() -> {
			List<CompletableFuture<Integer>> two = calls(2);
			Awaitility.await().until(() -> this.begun.get() == 2);
			this.over.countDown();
			return two.stream().allMatch((call) -> call.join() > 0);
		});
	}

	@Test
	void admitWithoutTurnIsRefusedWhereThereAreTooMany() {
		List<CompletableFuture<Integer>> waiting = calls(102);
		Awaitility.await().until(() -> this.begun.get() == 2);
		assertThatExceptionOfType(ProblemException.class)
			.isThrownBy(() -> this.admission.admitWithoutTurn(() -> "too many"));
		this.over.countDown();
		assertThat(waiting).allSatisfy((call) -> assertThat(call.join()).isPositive());
	}

	@Test
	void whoIsRefusedATurnIsRefused() {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> this.admission.admitWithoutTurn(() -> {
			throw new TurnRefusedException();
		})).extracting(ProblemException::type).isEqualTo(ProblemType.OVERLOADED);
	}

	@Test
	void turnOfManyRequestsLetsMoreWait() {
		for (int i = 0; i < 100; i++) {
			this.admission.takeTogether(2, () -> {
				this.nanos.addAndGet(Duration.ofMillis(500).toNanos());
				return 20;
			});
		}
		List<CompletableFuture<Integer>> calls = calls(102);
		Awaitility.await().until(() -> this.begun.get() == 2);
		this.over.countDown();
		assertThat(calls).allSatisfy((call) -> assertThat(call.join()).isPositive());
	}

	@Test
	void admitGivesBackThePlaceOfWorkThatFails() {
		for (int i = 0; i < 50; i++) {
			assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.admission.admit(() -> {
				throw new IllegalStateException();
			}));
		}
		assertThat(this.admission.<String>admit(() -> "next")).isEqualTo("next");
	}

	@Test
	void admitNamesTheDatabaseWhereThatIsAway() {
		assertThatExceptionOfType(DataAccessResourceFailureException.class)
			.isThrownBy(() -> this.admission.admit(() -> {
				throw new DataAccessResourceFailureException("away");
			}));
		calls(2);
		Awaitility.await().until(() -> this.begun.get() == 2);
		assertRefused(ProblemType.UNAVAILABLE);
		this.over.countDown();
		Awaitility.await().until(() -> this.admission.<Boolean>admit(() -> true));
	}

	// Not really: only the time that it takes is told.
	private void takeHalfASecond(int turns) {
		for (int i = 0; i < turns; i++) {
			this.admission.<Long>admit(() -> this.nanos.addAndGet(Duration.ofMillis(500).toNanos()));
		}
	}

	private void assertRefused(ProblemType type) {
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> this.admission.admit(() -> "too many"))
			.extracting(ProblemException::type)
			.isEqualTo(type);
	}

	private List<CompletableFuture<Integer>> calls(int count) {
		List<CompletableFuture<Integer>> calls = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			calls.add(CompletableFuture.supplyAsync(() -> this.admission.<Integer>admit(this::stay), this.callers));
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

	private static long refused(List<CompletableFuture<Integer>> calls) {
		return calls.stream().filter(CompletableFuture::isCompletedExceptionally).count();
	}

}
