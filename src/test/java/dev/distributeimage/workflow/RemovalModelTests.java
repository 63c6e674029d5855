package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.aws.Place;
import dev.distributeimage.chaos.Chaos;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.ImageBuilders;
import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Certainty;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.queue.RemovalClaim;
import dev.distributeimage.run.queue.RemovalQueue;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.workflow.WatchedImageBuilder.Watcher;
import dev.distributeimage.workflow.pace.Backoff;
import dev.distributeimage.workflow.pace.Throttles;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Removes configurations whose names and ARNs are used again, at random: with workers
 * that die, deletes that arrive minutes later, and runs that come between a removal's
 * look and its call. Whatever happens, no configuration goes that a run needs: one in
 * flight, one that succeeded, or one that reused it for its image.
 */
@NullUnmarked
class RemovalModelTests extends VirtualRuns {

	private static final int SEQUENCES = Chaos.times(40, 1000);

	private static final int STEPS = 20;

	/** How long AWS takes a signature. */
	private static final Duration LATEST = Duration.ofMinutes(5);

	private static final List<String> NAMES = List.of("one", "two");

	private final RemovalQueue queue;

	private final ConfigurationRemoval removal;

	private final Random random = Chaos.random(7);

	private final List<UUID> runs = new ArrayList<>();

	private final List<String> trace = new ArrayList<>();

	/** Deletes that were sent and not answered. */
	private final List<Sent> sent = new ArrayList<>();

	private int removed;

	private int arrivedLate;

	RemovalModelTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, Duration.ofSeconds(40));
		this.queue = beans.getBean(RemovalQueue.class);
		Throttles throttles = new Throttles();
		Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), Engine.POLL_EVERY, this.random,
				throttles);
		this.removal = new ConfigurationRemoval(new WatchedImageBuilder(this.imageBuilder, new Disturbed()), this.queue,
				backoff, throttles, Engine.ATTEMPT_TIMEOUT, false);
	}

	/** A delete that may still arrive. */
	private record Sent(UUID run, String arn, Instant at) {

		String name() {
			return this.arn.substring(this.arn.lastIndexOf('/') + 1);
		}

	}

	@Test
	void noConfigurationGoesThatARunNeeds() {
		for (int sequence = 0; sequence < SEQUENCES; sequence++) {
			TestPostgres.empty(this.time.jdbc());
			this.simulator.reset();
			this.runs.clear();
			this.trace.clear();
			this.sent.clear();
			leave();
			for (int step = 0; step < STEPS; step++) {
				act();
				assertNothingNeededIsGone();
			}
			settle();
			this.engine.runToTheEnd();
			assertNothingNeededIsGone();
		}
		assertThat(this.removed).as("Something is removed at all").isGreaterThan(SEQUENCES / 4);
		assertThat(this.arrivedLate).as("Deletes arrive late").isPositive();
	}

	/** Lets removals end whose workers died: they hold up runs. */
	private void settle() {
		this.simulator.clearFaults();
		for (int i = 0; i < 3; i++) {
			this.time.pass(Duration.ofMinutes(10));
			this.engine.removeWhatIsDue();
		}
	}

	private void act() {
		if (!this.sent.isEmpty() && this.random.nextBoolean()) {
			actWhileADeleteMayArriveLate();
			return;
		}
		switch (this.random.nextInt(14)) {
			case 0, 1 -> start(any(NAMES));
			case 2, 3 -> reuse();
			case 4, 5 -> retry();
			case 6 -> cancel();
			case 7, 8 -> request();
			case 9, 10, 11 -> removeSomething();
			case 12 -> pass(20);
			default -> pass(400);
		}
	}

	private void actWhileADeleteMayArriveLate() {
		switch (this.random.nextInt(5)) {
			case 0, 1 -> {
				pass(10);
				removeSomething();
			}
			case 2 -> start(this.sent.get(0).name());
			case 3 -> retry();
			default -> deliver();
		}
	}

	/** Begins with a configuration that is left. */
	private void leave() {
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "ClientException"));
		this.runs.add(this.engine.start(NewRuns.named(NAMES.get(0))));
		this.engine.tick();
		request();
	}

	private void start(String name) {
		fail();
		note("start " + name);
		this.runs.add(this.engine.start(NewRuns.named(name)));
		this.engine.tick();
	}

	private void fail() {
		switch (this.random.nextInt(4)) {
			case 0, 1 -> this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "ClientException"));
			case 2 -> this.simulator.nextImage(Ending.failedAt("BUILDING", "no").by("BUILDING"));
			default -> this.simulator.nextImage(Ending.available().by("BUILDING"));
		}
	}

	private void reuse() {
		String arn = Configurations.arn(any(NAMES));
		note("reuse " + arn);
		this.runs.add(this.engine.start(RunKind.REUSING_BUILD.like(NewRuns.any(), arn)));
		if (this.random.nextBoolean()) {
			this.engine.tick();
		}
	}

	private void retry() {
		if (!this.runs.isEmpty()) {
			UUID run = any(this.runs);
			note("retry " + run + " " + this.engine.retry(run).getClass().getSimpleName());
			if (this.random.nextBoolean()) {
				this.engine.tick();
			}
		}
	}

	private void cancel() {
		if (!this.runs.isEmpty()) {
			UUID run = any(this.runs);
			note("cancel " + run);
			this.engine.cancel(run);
			this.engine.tick();
		}
	}

	private void request() {
		List<UUID> left = this.engine.jdbc()
			.sql("select id from leftover where closed_at is null and kind = 'distribution-configuration' order by number")
			.query(UUID.class)
			.list();
		if (!left.isEmpty()) {
			UUID leftover = any(left);
			note("request " + leftover);
			try {
				this.engine.remove(leftover);
			}
			catch (java.util.NoSuchElementException ex) {
				note("which is none");
			}
		}
	}

	private void removeSomething() {
		Optional<RemovalClaim> claim = this.queue.claim(Engine.CLAIM_FOR, List.of());
		if (claim.isEmpty()) {
			return;
		}
		note("claim " + claim.get().arn() + " of " + claim.get().run());
		if (this.random.nextInt(6) == 0) {
			note("and die");
			return;
		}
		ConfigurationRemoval.RemovalAttempt attempt = this.removal.attempt(claim.get());
		note("attempt: " + attempt.outcome());
		if (this.random.nextInt(6) == 0) {
			note("and die");
			return;
		}
		this.queue.write(claim.get(), attempt.outcome());
	}

	private void deliver() {
		if (!this.sent.isEmpty()) {
			Sent late = this.sent.remove(this.random.nextInt(this.sent.size()));
			if (Duration.between(late.at(), this.time.instant()).compareTo(LATEST) < 0) {
				note("late delete " + late.arn());
				this.arrivedLate++;
				try {
					this.imageBuilder.deleteDistributionConfiguration(late.run(), late.arn());
				}
				catch (ImageBuilderException ex) {
					note(String.valueOf(ex.code()));
				}
			}
		}
	}

	private void pass(int mostSeconds) {
		Duration time = Duration.ofSeconds(1 + this.random.nextInt(mostSeconds));
		note("pass " + time);
		this.engine.runFor(time);
	}

	private void assertNothingNeededIsGone() {
		for (UUID id : this.runs) {
			Stored run = this.engine.run(id);
			boolean made = run.shown().inputs().distributionName() != null;
			boolean needs = run.status() == RunStatus.SUCCEEDED
					|| (run.status() == RunStatus.RUNNING && (made || run.imageBuildVersionArn() != null))
					|| (!made && run.imageBuildVersionArn() != null);
			String arn = run.distributionConfigurationArn();
			if (needs && arn != null) {
				assertThat(isThere(arn))
					.as("%s of %s %s, after%n%s", arn, run.status(), id, String.join("\n", this.trace))
					.isTrue();
			}
		}
	}

	private boolean isThere(String arn) {
		try {
			this.imageBuilder.getDistributions(Place.of(arn), arn);
			return true;
		}
		catch (ImageBuilderException ex) {
			return false;
		}
	}

	private <T> T any(List<T> list) {
		return list.get(this.random.nextInt(list.size()));
	}

	private void note(String what) {
		this.trace.add(this.time.passed() + " " + what);
	}

	/**
	 * Lets runs come between a look and a call, and deletes arrive late or not at all.
	 */
	private final class Disturbed implements Watcher {

		@Override
		public <T> T makes(String operation, String about, @Nullable String token, Supplier<T> call) {
			if (RemovalModelTests.this.random.nextInt(4) == 0) {
				note("before " + operation);
				switch (RemovalModelTests.this.random.nextInt(3)) {
					case 0 -> start(any(NAMES));
					case 1 -> reuse();
					default -> retry();
				}
			}
			if (!operation.equals("DeleteDistributionConfiguration")) {
				return call.get();
			}
			if (RemovalModelTests.this.random.nextInt(2) == 0) {
				note("delete without an answer");
				RemovalModelTests.this.sent
					.add(new Sent(UUID.randomUUID(), about, RemovalModelTests.this.time.instant()));
				throw ImageBuilders.failure(operation, Remedy.RETRY, Certainty.UNKNOWN, null);
			}
			T answer = call.get();
			RemovalModelTests.this.removed++;
			return answer;
		}

	}

}
