package dev.distributeimage.api;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class AdmissionTests {

	private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

	private final Admission admission = new Admission(6, this.metrics);

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
		assertThat(new Admission(1, this.metrics).<String>admit(() -> "one")).isEqualTo("one");
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
