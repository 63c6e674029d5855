package dev.distributeimage.workflow;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilders;
import dev.distributeimage.imagebuilder.LargeResponses;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.intake.RunDue;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.queue.ReusedConfigurations;
import dev.distributeimage.run.queue.RunQueue;
import dev.distributeimage.run.queue.RunWriter;
import dev.distributeimage.run.queue.TestCleanup;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.run.queue.StoredRuns;
import dev.distributeimage.run.view.NameHolders;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.FaultRule;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.RecordedRequest;
import dev.distributeimage.simulator.SimulatedImage;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.trace.Traces;
import dev.distributeimage.workflow.pace.Backoff;
import dev.distributeimage.workflow.pace.CallBudget;
import dev.distributeimage.workflow.pace.Expectations;
import dev.distributeimage.workflow.pace.PollSchedule;
import dev.distributeimage.workflow.pace.Throttles;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the poller with its threads and in real time. */
@DatabaseTest
class RunPollerTests {

	private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(1);

	private static final String OTHER_ACCOUNT = "222222222222";

	private final Simulator simulator = Simulator.start();

	private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

	private final ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor();

	private final ExecutorService workers = Executors.newFixedThreadPool(8);

	private final ExecutorService writing = Executors.newSingleThreadExecutor();

	private final RunStarts starts;

	private final StoredRuns runs;

	private final NameHolders nameHolders;

	private final ReusedConfigurations reusedConfigurations;

	private final RunQueue queue;

	private final RunWriter writer;

	private final RunPoller poller;

	RunPollerTests(@Autowired RunStarts starts, @Autowired BeanFactory beans, @Autowired RunQueue queue,
			@Autowired JdbcClient jdbc, @Autowired JsonMapper json) {
		TestPostgres.empty(jdbc);
		jdbc.sql("""
				create or replace function engine_now() returns timestamptz language sql stable
				return statement_timestamp()""").update();
		this.starts = starts;
		this.runs = new StoredRuns(beans, jdbc);
		this.nameHolders = beans.getBean(NameHolders.class);
		this.reusedConfigurations = beans.getBean(ReusedConfigurations.class);
		this.queue = queue;
		this.writer = new RunWriter(jdbc, json, this.metrics, this.writing, TestCleanup.NEVER);
		this.poller = pollerWithTick(Duration.ofSeconds(1));
	}

	private RunPoller pollerWithTick(Duration tick) {
		return poller(tick, ATTEMPT_TIMEOUT);
	}

	/** Gives up no call within the time of a test. */
	private RunPoller patientPoller() {
		return poller(Duration.ofSeconds(1), Duration.ofSeconds(20));
	}

	private RunPoller poller(Duration tick, Duration attemptTimeout) {
		ImageBuilder imageBuilder = ImageBuilders.withRoles(this.simulator.endpoint(), attemptTimeout,
				Map.of(OTHER_ACCOUNT, "4711"), Clock.systemUTC());
		Throttles throttles = new Throttles();
		Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMillis(200),
				new Random(1), throttles);
		Steps steps = new Steps(
				new CreateDistributionConfiguration(imageBuilder, this.nameHolders, backoff, attemptTimeout),
				new CreateImage(imageBuilder, this.reusedConfigurations, backoff, attemptTimeout),
				new GetImage(imageBuilder, attemptTimeout, backoff,
						new PollSchedule(backoff, new Expectations((run) -> List.of(), System::nanoTime)),
						this.metrics.counter("distribute.image.status.unknown")));
		PollerSettings settings = new PollerSettings(true, tick, 100, 8, attemptTimeout.multipliedBy(20), 0.5);
		return new RunPoller(this.queue,
				new RunAdvancer(steps, this.queue, this.writer, backoff, throttles, new LargeResponses(attemptTimeout),
						attemptTimeout, this.metrics, Traces.off()),
				settings,
				new ClaimQueue(settings.workers(attemptTimeout), new CallBudget(0, System::nanoTime), System::nanoTime),
				new Pulse(Clock.systemUTC()), this.ticker, this.workers);
	}

	@AfterEach
	void close() {
		this.simulator.clearFaults();
		this.simulator.sts().clearFaults();
		this.poller.stop();
		this.ticker.shutdownNow();
		this.workers.shutdownNow();
		this.writing.shutdownNow();
		this.simulator.close();
	}

	@Test
	void threeHundredRunsEndWithOneImageEach() {
		this.simulator.change((settings) -> settings.withConcurrentBuilds(1_000).withPace(Duration.ofMillis(50)));
		List<UUID> ids = start(300, NewRuns.of("eu-west-1", "web"));
		RunPoller patient = patientPoller();
		patient.start();
		await(() -> ids.stream().allMatch((id) -> run(id).status() == RunStatus.SUCCEEDED));
		assertThat(this.simulator.builds()).isEqualTo(300);
		assertThat(this.simulator.count(Operation.CREATE_IMAGE)).isEqualTo(300);
		assertThat(this.simulator.distributionConfigurations()).isEqualTo(300);
		assertThat(this.metrics.counter("distribute.image.writes.refused").count()).isZero();
		patient.stop();
	}

	@Test
	void newRunIsClaimedWithoutWaitingForATick() {
		RunPoller slow = pollerWithTick(Duration.ofHours(1));
		slow.start();
		List<UUID> ids = start(1, NewRuns.any());
		slow.on(new RunDue(ids.get(0)));
		await(() -> run(ids.get(0)).step() == StepId.GET_IMAGE);
		slow.stop();
	}

	@Test
	void regionThatHangsHoldsUpNoOther() {
		this.simulator.pace(Duration.ofMillis(50));
		this.simulator.always(Operation.CREATE_DISTRIBUTION_CONFIGURATION)
			.inRegion("us-east-1")
			.meet(Fault.blackHole());
		List<UUID> stuck = start(60, NewRuns.of("us-east-1", "web"));
		this.poller.start();
		await(() -> this.simulator.count(Operation.CREATE_DISTRIBUTION_CONFIGURATION) >= 4);
		List<UUID> good = start(20, NewRuns.of("eu-west-1", "web"));
		this.poller.wake();
		await(() -> good.stream().allMatch((id) -> run(id).status() == RunStatus.SUCCEEDED));
		assertThat(stuck).allMatch((id) -> run(id).step() == StepId.CREATE_DISTRIBUTION_CONFIGURATION);
		this.simulator.clearFaults();
		await(() -> stuck.stream().allMatch((id) -> run(id).status() == RunStatus.SUCCEEDED));
		assertThat(this.simulator.builds()).isEqualTo(80);
	}

	@Test
	void manyRegionsThatHangHoldHalfOfTheWorkers() {
		this.simulator.pace(Duration.ofHours(1));
		this.simulator.always().when(RunPollerTests::isHanging).hang();
		RunPoller patient = patientPoller();
		IntStream.range(0, 40).forEach((i) -> start(NewRuns.of("us-hang-" + i, "web")));
		patient.start();
		await(() -> this.simulator.requests().stream().anyMatch(RunPollerTests::isHanging));
		UUID good = start(NewRuns.of("eu-west-1", "web"));
		patient.wake();
		await(() -> run(good).step() == StepId.GET_IMAGE);
		assertThat(this.simulator.requests()).filteredOn(RunPollerTests::isHanging).hasSizeLessThanOrEqualTo(4);
		this.simulator.clearFaults();
		patient.stop();
	}

	private static boolean isHanging(RecordedRequest request) {
		return String.valueOf(request.region()).startsWith("us-hang-");
	}

	@Test
	void stsThatHangsHoldsUpNoRunWithoutARole() {
		this.simulator.pace(Duration.ofMillis(50));
		this.simulator.sts().trust(ImageBuilders.roleOf(OTHER_ACCOUNT), "4711");
		FaultRule hang = this.simulator.sts().always().hang();
		List<UUID> stuck = start(60, inOtherAccount("eu-west-1"));
		IntStream.range(0, 20).forEach((i) -> start(inOtherAccount("us-hang-" + i)));
		this.poller.start();
		await(() -> hang.hits() >= 4);
		List<UUID> good = start(20, NewRuns.of("eu-west-1", "web"));
		this.poller.wake();
		await(() -> good.stream().allMatch((id) -> run(id).status() == RunStatus.SUCCEEDED));
		assertThat(stuck).allSatisfy((id) -> {
			assertThat(run(id).step()).isEqualTo(StepId.CREATE_DISTRIBUTION_CONFIGURATION);
			assertThat(run(id).unansweredSince()).isNull();
		});
		this.simulator.sts().clearFaults();
		await(() -> stuck.stream().allMatch((id) -> run(id).status() == RunStatus.SUCCEEDED));
		assertThat(this.simulator.images()).hasSizeGreaterThanOrEqualTo(80)
			.extracting(SimulatedImage::distributionConfigurationArn)
			.doesNotHaveDuplicates();
	}

	private static NewRun inOtherAccount(String region) {
		return new NewRunBuilder(NewRuns.of(region, "web")).account(OTHER_ACCOUNT).build();
	}

	@Test
	void stopWaitsForCallsAndHandsBackWhatWasNotBegun() {
		this.simulator.pace(Duration.ofHours(1));
		UUID first = start(NewRuns.any());
		RunPoller patient = patientPoller();
		patient.start();
		await(() -> run(first).step() == StepId.GET_IMAGE);
		this.simulator.always(Operation.CREATE_DISTRIBUTION_CONFIGURATION).hang();
		this.simulator.forgetRequests();
		List<UUID> ids = start(30, NewRuns.any());
		patient.wake();
		await(() -> this.simulator.count(Operation.CREATE_DISTRIBUTION_CONFIGURATION) >= 4);
		CompletableFuture<Void> stopped = new CompletableFuture<>();
		patient.stop(() -> stopped.complete(null));
		await(() -> ids.stream().filter((id) -> run(id).claimedAt() == null).count() >= 22);
		await(patient::isStopping);
		assertThat(stopped).as("waits for the calls").isNotDone();
		this.simulator.clearFaults();
		stopped.join();
		assertThat(ids).allSatisfy((id) -> {
			assertThat(run(id).claimedAt()).isNull();
			assertThat(run(id).unansweredSince()).isNull();
		});
		assertThat(ids).filteredOn((id) -> run(id).step() == StepId.CREATE_IMAGE).hasSizeBetween(4, 8);
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void runThatCannotBeReadHoldsUpNoOther(@Autowired JdbcClient jdbc) {
		this.simulator.pace(Duration.ofMillis(50));
		UUID bad = start(NewRuns.any());
		jdbc.sql("update run set failure = '{ \"step\": \"dance\" }'").update();
		List<UUID> others = start(20, NewRuns.any());
		this.poller.start();
		await(() -> others.stream().allMatch((id) -> run(id).status() == RunStatus.SUCCEEDED));
		assertThat(this.simulator.builds()).isEqualTo(20);
		assertThat(jdbc.sql("select claimed_at is not null from run where id = :id")
			.param("id", bad)
			.query(Boolean.class)
			.single()).isTrue();
	}

	private List<UUID> start(int count, NewRun like) {
		return IntStream.range(0, count).mapToObj((i) -> start(NewRuns.like(like))).toList();
	}

	private UUID start(NewRun asked) {
		return ((StartResult.Started) this.starts.start(asked, NewRuns.ANYBODY, null)).run().id();
	}

	private Stored run(UUID id) {
		return this.runs.get(id);
	}

	private static void await(BooleanSupplier condition) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(60))
			.pollInterval(Duration.ofMillis(50))
			.until(condition::getAsBoolean);
	}

}
