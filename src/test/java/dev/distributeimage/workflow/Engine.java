package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

import dev.distributeimage.VirtualTime;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.LargeResponses;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RetryPlan;
import dev.distributeimage.run.RunValues;
import dev.distributeimage.run.intake.CancelResult;
import dev.distributeimage.run.intake.Cleanup;
import dev.distributeimage.run.intake.LeftoverRemoval;
import dev.distributeimage.run.intake.RemovalResult;
import dev.distributeimage.run.intake.RetryResult;
import dev.distributeimage.run.intake.RunCancellation;
import dev.distributeimage.run.intake.RunRetry;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.CleanupSettings;
import dev.distributeimage.run.queue.RemovalQueue;
import dev.distributeimage.run.queue.ReusedConfigurations;
import dev.distributeimage.run.queue.RunQueue;
import dev.distributeimage.run.queue.RunWriter;
import dev.distributeimage.run.queue.StoredRuns;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.run.queue.TestCleanup;
import dev.distributeimage.run.view.EarlierBuilds;
import dev.distributeimage.run.view.NameHolders;
import dev.distributeimage.trace.Traces;
import dev.distributeimage.workflow.pace.Backoff;
import dev.distributeimage.workflow.pace.CallBudget;
import dev.distributeimage.workflow.pace.Expectations;
import dev.distributeimage.workflow.pace.PollSchedule;
import dev.distributeimage.workflow.pace.Throttles;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The engine on a database in virtual time, driven by hand: every call, write and claim
 * happens in the test's thread.
 */
final class Engine {

	static final Duration CLAIM_FOR = Duration.ofMinutes(1);

	static final Duration POLL_EVERY = Duration.ofSeconds(30);

	static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(5);

	private final VirtualTime time;

	/** For reads by the test: the engine's own statements may be made to fail. */
	private final JdbcClient jdbc;

	private final StoredRuns runs;

	private final NameHolders nameHolders;

	private final ReusedConfigurations reusedConfigurations;

	private final RunQueue queue;

	private final RunStarts starts;

	private final RunCancellation cancellation;

	private final RunRetry retry;

	private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

	private final RunWriter writer;

	private final RunAdvancer advancer;

	private final Pulse pulse;

	private final RunPoller poller;

	/** The pending tasks of the writer, if outcomes are written in groups. */
	private final Queue<Runnable> writes = new ArrayDeque<>();

	private boolean inGroups;

	private final LeftoverRemoval removal;

	private final Cleanup cleanup;

	private final Function<Duration, RemovalPoller> makesRemovals;

	private final RemovalPoller removals;

	/** Whether removals are carried out together with runs. */
	private boolean removing;

	Engine(BeanFactory beans, VirtualTime time, ImageBuilder imageBuilder, long seed) {
		this(beans, time, imageBuilder, seed, 0);
	}

	Engine(BeanFactory beans, VirtualTime time, ImageBuilder imageBuilder, long seed, double callsPerSecond) {
		this(beans, time, imageBuilder, seed, callsPerSecond, TestCleanup.NEVER);
	}

	/** Creates the engine of a service that removes configurations by itself. */
	Engine(BeanFactory beans, VirtualTime time, ImageBuilder imageBuilder, long seed, CleanupSettings cleanup) {
		this(beans, time, imageBuilder, seed, 0, cleanup);
	}

	private Engine(BeanFactory beans, VirtualTime time, ImageBuilder imageBuilder, long seed, double callsPerSecond,
			CleanupSettings cleanup) {
		this.time = time;
		this.jdbc = time.jdbc();
		this.runs = new StoredRuns(beans, this.jdbc);
		this.nameHolders = beans.getBean(NameHolders.class);
		this.reusedConfigurations = beans.getBean(ReusedConfigurations.class);
		this.queue = beans.getBean(RunQueue.class);
		this.starts = beans.getBean(RunStarts.class);
		this.cancellation = beans.getBean(RunCancellation.class);
		this.retry = beans.getBean(RunRetry.class);
		JdbcClient served = beans.getBean(JdbcClient.class);
		this.writer = new RunWriter(served, beans.getBean(JsonMapper.class), this.metrics, this::write, cleanup);
		Throttles throttles = new Throttles();
		Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), POLL_EVERY, new Random(seed),
				throttles);
		Expectations expectations = new Expectations(beans.getBean(EarlierBuilds.class)::ofRecipeOf, this::nanoTime);
		this.advancer = advancer(imageBuilder, backoff, throttles, new PollSchedule(backoff, expectations));
		this.pulse = new Pulse(time);
		this.poller = poller(settings(true, Duration.ofSeconds(1)), callsPerSecond);
		this.removal = beans.getBean(LeftoverRemoval.class);
		this.cleanup = new Cleanup(served, beans.getBean(TransactionTemplate.class), cleanup);
		RemovalQueue queued = beans.getBean(RemovalQueue.class);
		this.makesRemovals = (tick) -> new RemovalPoller(queued,
				new ConfigurationRemoval(imageBuilder, queued, backoff, throttles, ATTEMPT_TIMEOUT,
						cleanup.removesAfterSuccess()),
				this.cleanup, new CallBudget(callsPerSecond, this::nanoTime), settings(true, Duration.ofSeconds(1)),
				Executors.newSingleThreadScheduledExecutor(), tick);
		this.removals = removals(Duration.ofSeconds(5));
	}

	private long nanoTime() {
		return this.time.passed().toNanos();
	}

	private RunAdvancer advancer(ImageBuilder imageBuilder, Backoff backoff, Throttles throttles,
			PollSchedule schedule) {
		Counter unknownStatuses = this.metrics.counter("distribute.image.status.unknown");
		Steps steps = new Steps(
				new CreateDistributionConfiguration(imageBuilder, this.nameHolders, backoff, ATTEMPT_TIMEOUT),
				new CreateImage(imageBuilder, this.reusedConfigurations, backoff, ATTEMPT_TIMEOUT),
				new GetImage(imageBuilder, ATTEMPT_TIMEOUT, backoff, schedule, unknownStatuses));
		return new RunAdvancer(steps, this.queue, this.writer, backoff, throttles, new LargeResponses(ATTEMPT_TIMEOUT),
				ATTEMPT_TIMEOUT, this.metrics, Traces.off());
	}

	private RunPoller poller(PollerSettings settings, double callsPerSecond) {
		ClaimQueue claims = new ClaimQueue(settings.workers(ATTEMPT_TIMEOUT),
				new CallBudget(callsPerSecond, this::nanoTime), this::nanoTime);
		return new RunPoller(this.queue, this.advancer, settings, claims, this.pulse,
				Executors.newSingleThreadScheduledExecutor(), Runnable::run);
	}

	static PollerSettings settings(boolean enabled, Duration tick) {
		return new PollerSettings(enabled, tick, 100, 16, CLAIM_FOR, 0.5);
	}

	/** Makes outcomes wait for those of the other due runs, as under load. */
	Engine writingInGroups() {
		this.inGroups = true;
		return this;
	}

	/** Makes the engine carry out removals whenever it does anything. */
	Engine removing() {
		this.removing = true;
		return this;
	}

	private void write(Runnable task) {
		if (this.inGroups) {
			this.writes.add(task);
		}
		else {
			task.run();
		}
	}

	private boolean writeWhatWaits() {
		Runnable task = this.writes.poll();
		if (task != null) {
			task.run();
		}
		return task != null;
	}

	UUID start(NewRun asked) {
		return ((StartResult.Started) ask(asked)).run().id();
	}

	StartResult ask(NewRun asked) {
		return this.starts.start(asked, NewRuns.ANYBODY, null);
	}

	CancelResult cancel(UUID id) {
		return this.cancellation.request(id, NewRuns.ANYBODY).orElseThrow();
	}

	RetryResult retry(UUID id) {
		return this.retry.request(id, NewRuns.ANYBODY, null).orElseThrow();
	}

	RetryPlan planOfRetry(UUID id) {
		return ((RetryResult.Planned) this.retry.plan(id).orElseThrow()).plan();
	}

	RemovalResult remove(UUID leftover) {
		return this.removal.request(leftover, NewRuns.ANYBODY).orElseThrow();
	}

	/** Requests what is due to be removed without a request. */
	void cleanUp() {
		this.cleanup.requestDue();
	}

	/** Carries out the removals that are due now. */
	int removeWhatIsDue() {
		return this.removals.carryOutDue();
	}

	/** Does everything that is due now. */
	void tick() {
		while (this.poller.tick() > 0 || writeWhatWaits() || (this.removing && removeWhatIsDue() > 0)) {
			// there may be more
		}
	}

	/** Moves the clock from one due time to the next until no run is left. */
	void runToTheEnd() {
		runUntil(() -> false);
	}

	/** Does the same up to this time. */
	void runUntil(BooleanSupplier there) {
		tick();
		for (Optional<Instant> next = nextDue(); next.isPresent() && !there.getAsBoolean(); next = nextDue()) {
			this.time.passTo(next.get());
			tick();
		}
	}

	/** Lets this much time pass, with everything that is due in it. */
	void runFor(Duration duration) {
		Instant end = this.time.instant().plus(duration);
		tick();
		for (Optional<Instant> next = nextDue(); next.isPresent() && !next.get().isAfter(end); next = nextDue()) {
			this.time.passTo(next.get());
			tick();
		}
		this.time.passTo(end);
	}

	Stored run(UUID id) {
		return this.runs.get(id);
	}

	/** Does what is due now, but not what becomes due as a result. */
	void tickOnce() {
		this.poller.tick();
	}

	/** Makes the due call with a worker that dies before it reports. */
	Claim callAndDie() {
		return call(take().orElseThrow());
	}

	/** Claims the oldest due run for a worker, if there is one. */
	Optional<Claim> take() {
		return this.queue.claim(1, 1, CLAIM_FOR, this.queue.lowWaterMarks()).stream().findFirst();
	}

	/** Makes the call of the claimed run. */
	Claim call(Claim claim) {
		return this.advancer.call(claim).orElseThrow().claim();
	}

	/** Stores the worker's outcome. */
	Optional<Claim> store(Claim claim) {
		return this.writer.write(claim).join();
	}

	UUID onlyRun() {
		return this.jdbc.sql("select id from run").query(UUID.class).single();
	}

	List<String> eventsOf(UUID id) {
		return this.jdbc.sql("""
				select type || ' ' || run_event.step from run_event join run using (number)
				where id = :id order by sequence""").param("id", id).query(String.class).list();
	}

	SimpleMeterRegistry metrics() {
		return this.metrics;
	}

	/** The result of the poller's looks. */
	Pulse pulse() {
		return this.pulse;
	}

	/** Returns a poller for removals, whose ticks are as far apart in real time. */
	RemovalPoller removals(Duration tick) {
		return this.makesRemovals.apply(tick);
	}

	/** Returns another poller, whose ticks are as far apart in real time. */
	RunPoller poller(PollerSettings settings) {
		return poller(settings, 0);
	}

	/** Stores the worker's outcome, as the poller does. */
	void report(Claim claim, RunValues before) {
		this.advancer.store(claim, before).join();
	}

	double count(String counter) {
		return this.metrics.counter(counter).count();
	}

	Optional<Instant> nextDue() {
		return this.jdbc.sql("""
				select min(greatest(next_attempt_at, claimed_until)) from (
				  select next_attempt_at, claimed_until from run where status = 'RUNNING'
				  union all
				  select next_attempt_at, claimed_until from leftover where next_attempt_at is not null and :removing
				) due""")
			.param("removing", this.removing)
			.query(OffsetDateTime.class)
			.optional()
			.map(OffsetDateTime::toInstant);
	}

	JdbcClient jdbc() {
		return this.jdbc;
	}

	RunQueue queue() {
		return this.queue;
	}

}
