package dev.distributeimage.run.queue;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Certainty;
import dev.distributeimage.run.Container;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.LosingDataSource;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;

import static org.assertj.core.api.Assertions.assertThat;

@DatabaseTest
@NullUnmarked
class RunWriterTests {

	private static final Duration CLAIM_FOR = Duration.ofMinutes(1);

	private static final Failure FAILURE = new Failure(StepId.GET_IMAGE, "GetImage", "Odd", "odd", null);

	private static final JsonNode CONTEXT = JsonMapper.shared()
		.readTree("{ \"distributionFailure\": { \"regionFailures\": [ { \"region\": \"eu-west-1\" } ] } }");

	private static final Failure THROTTLED = new Failure(StepId.CREATE_DISTRIBUTION_CONFIGURATION,
			"CreateDistributionConfiguration", "ThrottlingException", "Slow down", "4711");

	private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private final RunQueue queue;

	private final RunStarts starts;

	private final StoredRuns runs;

	private final JdbcClient jdbc;

	private final VirtualTime time;

	private final RunWriter writer;

	RunWriterTests(@Autowired RunQueue queue, @Autowired RunStarts starts, @Autowired BeanFactory beans,
			@Autowired JdbcClient jdbc, @Autowired JsonMapper json) {
		TestPostgres.empty(jdbc);
		this.queue = queue;
		this.starts = starts;
		this.runs = new StoredRuns(beans, jdbc);
		this.jdbc = jdbc;
		this.time = new VirtualTime(jdbc);
		this.writer = new RunWriter(jdbc, json, this.metrics, this.tasks::add, TestCleanup.NEVER);
	}

	@Test
	void outcomeOfALateWriterIsRefusedAndCounted() {
		Claim late = claimNew(1).get(0);
		this.time.pass(CLAIM_FOR);
		Claim current = this.queue.claim(1, 1, CLAIM_FOR, this.queue.lowWaterMarks()).get(0);
		late.run().distributionConfigurationCreated("arn:late");
		assertThat(written(late)).isEmpty();
		assertThat(stored(late).distributionConfigurationArn()).isNull();
		assertThat(this.metrics.counter("distribute.image.writes.refused").count()).isOne();
		current.run().distributionConfigurationCreated("arn:current");
		assertThat(written(current)).isPresent();
		assertThat(stored(late).distributionConfigurationArn()).isEqualTo("arn:current");
	}

	@Test
	void outcomeIsNoOlderThanWhatWasStoredWhileItWaited() {
		Claim claim = claimNew(1).get(0);
		this.jdbc.sql("update run set updated_at = updated_at + interval '1 minute'").update();
		Instant before = stored(claim).updatedAt();
		claim.run().timedOut();
		assertThat(written(claim)).isPresent();
		assertThat(stored(claim).updatedAt()).isEqualTo(before);
		assertThat(stored(claim).finishedAt()).isEqualTo(before);
	}

	@Test
	void outcomeIsStoredOnce() {
		Claim claim = claimNew(1).get(0);
		claim.run().callFailed(THROTTLED, null, Duration.ofSeconds(7), claim.now());
		CompletableFuture<Optional<Claim>> first = this.writer.write(claim);
		this.tasks.remove().run();
		assertThat(first.join()).isPresent();
		assertThat(written(claim)).isEmpty();
	}

	@Test
	void outcomeWhoseAnswerWasLostIsRecognized(@Autowired DataSource dataSource, @Autowired JsonMapper json) {
		RunWriter unlucky = new RunWriter(JdbcClient.create(new LosingDataSource(dataSource, 2)), json, this.metrics,
				this.tasks::add, TestCleanup.NEVER);
		Claim claim = claimNew(1).get(0);
		claim.run().distributionConfigurationCreated("arn");
		CompletableFuture<Optional<Claim>> result = unlucky.write(claim);
		this.tasks.remove().run();
		assertThat(result.join()).isPresent();
		assertThat(result.join().orElseThrow().lease().version()).isEqualTo(2).isEqualTo(stored(claim).version());
		assertThat(this.metrics.counter("distribute.image.writes.refused").count()).isZero();
		assertThat(stored(claim).lastEvent()).isEqualTo(4);
	}

	// The row would not show any other outcome that renews the claim.
	@Test
	void runGoesOnAtOnceOnlyToItsNextStep() {
		Claim overdue = Claims.overdueAt(StepId.GET_IMAGE);
		overdue.run().imageCancelAccepted(Duration.ofSeconds(30), overdue.now());
		assertThat(overdue.run().goesOnAtOnce()).isFalse();
		Run cancelled = Claims.at(StepId.GET_IMAGE).run();
		cancelled.retryDropped();
		assertThat(cancelled.goesOnAtOnce()).isFalse();
		Run retried = Claims.at(StepId.GET_IMAGE).run();
		retried.buildFoundCompleted();
		assertThat(retried.goesOnAtOnce()).isFalse();
	}

	@Test
	void claimOfAnotherWorkerIsNotTakenForAnOwnOutcome(@Autowired DataSource dataSource, @Autowired JsonMapper json) {
		Claim claim = claimNew(1).get(0);
		DataSource frozen = new DelegatingDataSource(dataSource) {

			private boolean thawed;

			@Override
			public Connection getConnection() throws SQLException {
				if (this.thawed) {
					return super.getConnection();
				}
				this.thawed = true;
				RunWriterTests.this.time.pass(CLAIM_FOR);
				RunWriterTests.this.queue.claim(1, 1, CLAIM_FOR, RunWriterTests.this.queue.lowWaterMarks());
				throw new SQLException("The connection was lost", "08006");
			}

		};
		RunWriter late = new RunWriter(JdbcClient.create(frozen), json, this.metrics, this.tasks::add,
				TestCleanup.NEVER);
		claim.run().distributionConfigurationCreated("arn:late");
		CompletableFuture<Optional<Claim>> result = late.write(claim);
		this.tasks.remove().run();
		assertThat(result.join()).isEmpty();
		assertThat(stored(claim).distributionConfigurationArn()).isNull();
		assertThat(this.metrics.counter("distribute.image.writes.refused").count()).isOne();
	}

	@Test
	void claimOfARecognizedOutcomeCountsFromItsFirstSending(@Autowired DataSource dataSource,
			@Autowired JsonMapper json) {
		AtomicLong firstStored = new AtomicLong();
		DataSource losing = new LosingDataSource(dataSource, 1) {

			@Override
			protected Object executed(Call execution) throws Throwable {
				firstStored.compareAndSet(0, System.nanoTime());
				return super.executed(execution);
			}

		};
		RunWriter unlucky = new RunWriter(JdbcClient.create(losing), json, this.metrics, this.tasks::add,
				TestCleanup.NEVER);
		Claim claim = claimNew(1).get(0);
		claim.run().distributionConfigurationCreated("arn");
		CompletableFuture<Optional<Claim>> result = unlucky.write(claim);
		this.tasks.remove().run();
		assertThat(result.join().orElseThrow().lease().sentAt() - firstStored.get()).isNotPositive();
	}

	@Test
	void onlyLateOutcomesAreDroppedWhileTheDatabaseIsAway(@Autowired DataSource dataSource,
			@Autowired JsonMapper json) {
		RunWriter unlucky = new RunWriter(JdbcClient.create(new LosingDataSource(dataSource, 1)), json, this.metrics,
				this.tasks::add, TestCleanup.NEVER);
		List<Claim> claims = claimNew(2);
		claims.forEach((claim) -> claim.run().distributionConfigurationCreated("arn"));
		Claim old = Claims.sent(Duration.ofSeconds(40), claims.get(0));
		CompletableFuture<Optional<Claim>> late = unlucky.write(old);
		CompletableFuture<Optional<Claim>> fresh = unlucky.write(claims.get(1));
		this.tasks.remove().run();
		assertThat(late.join()).isEmpty();
		assertThat(fresh.join()).isPresent();
	}

	@Test
	void deadlockIsNotTheRowsFault(@Autowired DataSource dataSource, @Autowired JsonMapper json) {
		RunWriter unlucky = new RunWriter(JdbcClient.create(new LosingDataSource(dataSource, 3, "40P01")), json,
				this.metrics, this.tasks::add, TestCleanup.NEVER);
		List<Claim> claims = claimNew(4);
		claims.forEach((claim) -> claim.run().distributionConfigurationCreated("arn"));
		List<CompletableFuture<Optional<Claim>>> results = claims.stream().map(unlucky::write).toList();
		this.tasks.remove().run();
		assertThat(results).allSatisfy((result) -> assertThat(result.join()).isPresent());
	}

	@ParameterizedTest
	@MethodSource("images")
	void imageIsStoredAsItWasSeen(Image image) {
		Claim claim = atGetImage();
		claim.run().imageSeen(image, Duration.ofSeconds(30), claim.now());
		written(claim);
		assertThat(stored(claim).image()).isEqualTo(image);
		this.time.pass(Duration.ofSeconds(30));
		Claim again = this.queue.claim(1, 1, CLAIM_FOR, this.queue.lowWaterMarks()).get(0);
		long events = stored(claim).lastEvent();
		again.run().imageSeen(image, Duration.ofSeconds(30), again.now());
		written(again);
		assertThat(stored(claim).image()).isEqualTo(image);
		assertThat(stored(claim).lastEvent()).as("no news").isEqualTo(events);
	}

	static Stream<Image> images() {
		List<Ami> amis = List.of(new Ami("eu-west-1", "123456789012", "ami-1", null, "FAILED", "full"));
		List<Container> containers = List.of(new Container("eu-west-1", List.of("uri")));
		return Stream.of(Image.of("BUILDING", null), new Image("DISTRIBUTING", "soon", null, amis, List.of()),
				new Image("ODD", null, null, List.of(), containers), new Image("ODD", null, CONTEXT, amis, List.of()),
				new Image(null, null, CONTEXT, List.of(), List.of()), Image.of(null, "lost"),
				new Image(null, null, null, List.of(), containers), Image.of(null, null));
	}

	@Test
	void amisAreListedWithTheirImageAndStayListed() {
		Claim claim = atGetImage();
		claim.run().imageSeen(withAmis("ami-1", "ami-2"), Duration.ZERO, claim.now());
		written(claim);
		Claim again = this.queue.claim(1, 1, CLAIM_FOR, this.queue.lowWaterMarks()).get(0);
		again.run()
			.imageSeen(withAmis("ami-2", "ami-2", "ami-3", "ami-" + "4".repeat(1_996), "5"), Duration.ZERO,
					again.now());
		assertThat(written(again)).isPresent();
		assertThat(this.jdbc.sql("select term from run_term where term like 'image=%' and number = :number order by 1")
			.param("number", stored(claim).number())
			.query(String.class)
			.list()).containsExactly("image=ami-1", "image=ami-2", "image=ami-3");
	}

	// Four Regions with 1,536 accounts each.
	@Test
	void thousandsOfAmisAreListed() {
		Claim claim = atGetImage();
		claim.run()
			.imageSeen(withAmis(IntStream.range(0, 6_144).mapToObj((i) -> "ami-" + i).toArray(String[]::new)),
					Duration.ZERO, claim.now());
		assertThat(written(claim)).isPresent();
		assertThat(
				this.jdbc.sql("select count(*) from run_term where term like 'image=%'").query(Integer.class).single())
			.isEqualTo(6_144);
	}

	private static Image withAmis(String... ids) {
		return new Image("DISTRIBUTING", null, null,
				Stream.of(ids).map((id) -> new Ami("eu-west-1", "123456789012", id, null, null, null)).toList(),
				List.of());
	}

	@Test
	void imageStaysWhenSomethingElseIsStored() {
		Claim claim = atGetImage();
		Image image = new Image("ODD", null, CONTEXT, List.of(new Ami(null, null, "ami-1", null, null, null)),
				List.of(new Container(null, List.of("uri"))));
		claim.run().imageSeen(image, Duration.ZERO, claim.now());
		written(claim);
		long weight = stored(claim).shown().weight();
		Claim again = this.queue.claim(1, 1, CLAIM_FOR, this.queue.lowWaterMarks()).get(0);
		again.run().callFailed(FAILURE, null, Duration.ofSeconds(30), again.now());
		written(again);
		assertThat(stored(claim).failure()).isEqualTo(FAILURE);
		assertThat(stored(claim).image()).isEqualTo(image);
		assertThat(stored(claim).shown().weight()).isEqualTo(weight);
	}

	@Test
	void imageThatTheRunHasAbandonedIsForgotten() {
		Claim claim = atGetImage();
		claim.run()
			.imageSeen(new Image("ODD", null, CONTEXT, List.of(), List.of()), Duration.ofSeconds(30), claim.now());
		written(claim);
		this.time.pass(Duration.ofSeconds(30));
		Claim again = this.queue.claim(1, 1, CLAIM_FOR, this.queue.lowWaterMarks()).get(0);
		long weight = stored(claim).shown().weight();
		again.run().rebuildRequested();
		written(again);
		assertThat(stored(claim).image()).isNull();
		assertThat(stored(claim).shown().weight()).isLessThan(weight);
	}

	private Claim atGetImage() {
		Claim first = claimNew(1).get(0);
		first.run().distributionConfigurationCreated("arn");
		Claim second = written(first).orElseThrow();
		second.run().imageRequested("arn");
		return written(second).orElseThrow();
	}

	@Test
	void waitIsStoredWithItsFailure() {
		Claim claim = claimNew(1).get(0);
		claim.run().callFailed(THROTTLED, null, Duration.ofSeconds(7), claim.now());
		written(claim);
		Stored stored = stored(claim);
		assertThat(stored.nextAttemptAt()).isEqualTo(VirtualTime.START.plusSeconds(7));
		assertThat(stored.claimedAt()).isNull();
		assertThat(stored.failure()).isEqualTo(THROTTLED);
		assertThat(stored.attempts()).isOne();
		assertThat(stored.version()).isEqualTo(2);
	}

	@Test
	void runThatGoesOnAtOnceKeepsARenewedClaim() {
		Claim claim = claimNew(1).get(0);
		this.time.pass(Duration.ofSeconds(30));
		claim.run().distributionConfigurationCreated("arn");
		Claim renewed = written(claim).orElseThrow();
		assertThat(renewed.lease().claimedAt()).isEqualTo(VirtualTime.START.plusSeconds(30));
		assertThat(renewed.lease().version()).isEqualTo(2).isEqualTo(stored(claim).version());
		this.time.pass(CLAIM_FOR.minusMillis(1));
		assertThat(this.queue.claim(1, 1, CLAIM_FOR, this.queue.lowWaterMarks())).isEmpty();
		renewed.run().imageRequested("arn");
		assertThat(written(renewed)).isPresent();
	}

	@Test
	void waitingOutcomesAreWrittenTogether() {
		List<Claim> claims = claimNew(50);
		claims.forEach((claim) -> claim.run().distributionConfigurationCreated("arn"));
		List<CompletableFuture<Optional<Claim>>> results = claims.stream().map(this.writer::write).toList();
		assertThat(this.tasks).hasSize(1);
		this.tasks.remove().run();
		assertThat(results).allSatisfy((result) -> assertThat(result.join()).isPresent());
		assertThat(this.jdbc.sql("select count(distinct xmin::text) from run").query(Integer.class).single()).isOne();
	}

	@Test
	void oneLateOutcomeDoesNotHoldUpItsGroup() {
		List<Claim> claims = claimNew(3);
		this.jdbc.sql("update run set version = version + 1 where id = :id")
			.param("id", claims.get(1).run().id())
			.update();
		claims.forEach((claim) -> claim.run().distributionConfigurationCreated("arn"));
		List<CompletableFuture<Optional<Claim>>> results = claims.stream().map(this.writer::write).toList();
		this.tasks.remove().run();
		assertThat(results).extracting((result) -> result.join().isPresent()).containsExactly(true, false, true);
	}

	@Test
	void oneRefusedRowDoesNotHoldUpItsGroup() {
		List<Claim> claims = claimNew(3);
		UUID bad = claims.get(1).run().id();
		this.jdbc.sql("alter table run add constraint refuses_one check (id <> '%s' or attempts = 0)".formatted(bad))
			.update();
		try {
			claims.forEach((claim) -> claim.run().callFailed(THROTTLED, null, Duration.ofSeconds(7), claim.now()));
			List<CompletableFuture<Optional<Claim>>> results = claims.stream().map(this.writer::write).toList();
			this.tasks.remove().run();
			assertThat(results).extracting(CompletableFuture::isCompletedExceptionally)
				.containsExactly(false, true, false);
		}
		finally {
			this.jdbc.sql("alter table run drop constraint refuses_one").update();
		}
	}

	@Test
	void eventsAreNumberedWithoutGap() {
		Claim claim = claimNew(1).get(0);
		claim.run().distributionConfigurationCreated("arn");
		Claim renewed = written(claim).orElseThrow();
		renewed.run()
			.callFailed(THROTTLED, renewed.unansweredSince(Certainty.UNKNOWN), Duration.ofSeconds(1), renewed.now());
		written(renewed);
		assertThat(
				this.jdbc.sql("select sequence || ' ' || type from run_event where number = :number order by sequence")
					.param("number", stored(claim).number())
					.query(String.class)
					.list())
			.containsExactly("1 ACCEPTED", "2 STEP_BEGUN", "3 STEP_ENDED", "4 STEP_BEGUN", "5 CALL_FAILED");
		assertThat(stored(claim).lastEvent()).isEqualTo(5);
	}

	@Test
	void runHandedBackKeepsItsDueTimeAndIsUnchanged() {
		Claim claim = claimNew(1).get(0);
		this.time.pass(Duration.ofSeconds(15));
		claim.run().handedBack();
		written(claim);
		assertThat(stored(claim).nextAttemptAt()).isEqualTo(VirtualTime.START);
		assertThat(stored(claim).lastEvent()).isEqualTo(2);
		assertThat(stored(claim).unansweredSince()).isNull();
	}

	@Test
	void pollThatSeesNothingNewLeavesUpdatedAtAlone() {
		Claim claim = claimNew(1).get(0);
		this.time.pass(Duration.ofSeconds(1));
		claim.run().distributionConfigurationCreated("arn");
		Claim second = written(claim).orElseThrow();
		second.run().imageRequested("arn");
		Claim third = written(second).orElseThrow();
		Image building = Image.of("BUILDING", null);
		third.run().imageSeen(building, Duration.ofSeconds(30), third.now());
		written(third);
		this.time.pass(Duration.ofSeconds(30));
		Claim again = this.queue.claim(1, 1, CLAIM_FOR, this.queue.lowWaterMarks()).get(0);
		again.run().imageSeen(building, Duration.ofSeconds(30), again.now());
		written(again);
		assertThat(stored(claim).updatedAt()).isEqualTo(VirtualTime.START.plusSeconds(1));
		assertThat(stored(claim).lastEvent()).isEqualTo(7);
	}

	@Test
	void imageStatusIsTimedByTheDatabaseSinceItWasFirstSeen() {
		Claim claim = claimNew(1).get(0);
		claim.run().distributionConfigurationCreated("arn");
		Claim second = written(claim).orElseThrow();
		second.run().imageRequested("arn");
		Claim polled = written(second).orElseThrow();
		assertThat(polled.run().image().shownFor("BUILDING", polled.now())).isZero();
		for (String reason : List.of("one", "another")) {
			polled.run().imageSeen(Image.of("BUILDING", reason), Duration.ofSeconds(30), polled.now());
			written(polled);
			this.time.pass(Duration.ofSeconds(30));
			polled = this.queue.claim(1, 1, CLAIM_FOR, this.queue.lowWaterMarks()).get(0);
		}
		assertThat(polled.run().image().shownFor("BUILDING", polled.now())).isEqualTo(Duration.ofSeconds(60));
		assertThat(polled.run().image().shownFor("TESTING", polled.now())).isZero();
		assertThat(polled.run().image().shownFor(null, polled.now())).isZero();
		polled.run().imageSeen(Image.of("TESTING", null), Duration.ofSeconds(30), polled.now());
		written(polled);
		assertThat(this.jdbc.sql("select image_status_since from run").query(OffsetDateTime.class).single().toInstant())
			.isEqualTo(VirtualTime.START.plusSeconds(60));
	}

	private List<Claim> claimNew(int count) {
		IntStream.range(0, count).forEach((i) -> this.starts.start(NewRuns.any(), NewRuns.ANYBODY, null));
		return this.queue.claim(count, count, CLAIM_FOR, this.queue.lowWaterMarks());
	}

	private Optional<Claim> written(Claim claim) {
		CompletableFuture<Optional<Claim>> result = this.writer.write(claim);
		this.tasks.remove().run();
		return result.join();
	}

	private Stored stored(Claim claim) {
		return this.runs.get(claim.run().id());
	}

}
