package dev.distributeimage.workflow;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

import javax.sql.DataSource;

import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Requester;
import dev.distributeimage.caller.Scope;
import dev.distributeimage.retention.Removals;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.intake.CancelResult;
import dev.distributeimage.run.intake.RetryResult;
import dev.distributeimage.run.intake.RunCancellation;
import dev.distributeimage.run.intake.RunRetry;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.view.EarlierBuilds;
import dev.distributeimage.run.view.RunFilter;
import dev.distributeimage.run.view.RunSearch;
import dev.distributeimage.run.view.RunSearch.Found;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what becomes of whole runs when they are removed, in virtual time. */
class RemovedRunTests extends VirtualRuns {

	private static final Duration SECOND = Duration.ofSeconds(1);

	/** Tables that keep something of a removed run, or are not about runs. */
	private static final Set<String> OTHER_TABLES = Set.of("audit_event", "run_removed", "run_region", "run_owner",
			"flyway_schema_history", "virtual_time", "restore");

	private static final Requester WEB = new Requester(new Caller("issuer", "web", "s", "web", "policy",
			EnumSet.allOf(Scope.class), new Caller.Token("client", "jti", Instant.MAX)), "10.0.0.1", "4711");

	private final JdbcClient jdbc;

	private final Removals removals;

	RemovedRunTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, Duration.ofMinutes(2));
		this.jdbc = jdbc;
		this.removals = new Removals(jdbc);
	}

	// A new table must be filled by these runs, and emptied, or be named above.
	@Test
	void nothingOfARunIsLeftInAnyTable(@Autowired RunStarts starts) {
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "no room"));
		UUID retried = ended(labelled(RunKind.BUILD));
		String firstImage = this.engine.run(retried).imageBuildVersionArn();
		this.simulator.onNext(Operation.RETRY_IMAGE, Fault.error(400, "ClientException"));
		this.engine.retry(retried);
		for (RunKind kind : RunKind.values()) {
			this.engine.start(labelled(kind));
		}
		starts.start(NewRuns.any(), WEB, null);
		assertThat(rows("run_in_flight")).isOne();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(retried).imageBuildVersionArn()).isNotEqualTo(firstImage);
		List<String> tables = this.jdbc.sql("""
				select relname from pg_class
				where relkind in ('r', 'p') and relnamespace = cast(current_schema as regnamespace)""")
			.query(String.class)
			.list()
			.stream()
			.filter((table) -> !OTHER_TABLES.contains(table))
			.toList();
		assertThat(tables).contains("run", "run_input", "run_event", "run_term", "run_in_flight")
			.allSatisfy((table) -> assertThat(rows(table) > 0 || table.equals("run_in_flight")).as(table).isTrue());
		this.time.pass(Removals.KEEP.plus(SECOND));
		assertThat(this.removals.look()).isEqualTo(RunKind.values().length + 2);
		assertThat(tables).allSatisfy((table) -> assertThat(rows(table)).as(table).isZero());
		assertThat(this.jdbc.sql("select text from (select to_jsonb(run_removed)::text as text from run_removed) one")
			.query(String.class)
			.list()).hasSize(RunKind.values().length + 2).noneMatch((row) -> row.contains(retried.toString()));
		assertThat(this.jdbc.sql("select count(*) from audit_event where run = :run and event = 'run.start'")
			.param("run", retried)
			.query(Integer.class)
			.single()).as("the record stays").isOne();
	}

	private NewRun labelled(RunKind kind) {
		return of(kind, new NewRunBuilder(NewRuns.any()).labels(Map.of("team", "web", "a:b", "c:d")).build());
	}

	@Test
	void runIsKeptForItsTimeFromItsLastEnd() {
		this.simulator.nextImage(Ending.failedAt("BUILDING", "no room"));
		UUID id = ended(NewRuns.any());
		this.time.pass(Removals.KEEP);
		assertThat(this.removals.look()).isZero();
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		this.time.pass(Removals.KEEP);
		assertThat(this.removals.look()).isZero();
		this.time.pass(SECOND);
		assertThat(this.removals.look()).isOne();
	}

	@Test
	void clientTokenBuildsNothingForSevenDaysAndIsFreeThen() {
		NewRun asked = NewRuns.withToken("release-4711");
		ended(asked);
		this.time.pass(Removals.KEEP.plus(SECOND));
		this.removals.look();
		assertThat(this.engine.ask(asked)).isEqualTo(new StartResult.Removed(null));
		assertThat(this.engine.ask(new NewRunBuilder(asked).name("other").build())).as("whatever its inputs")
			.isEqualTo(new StartResult.Removed(null));
		this.time.pass(Duration.ofDays(7).minus(SECOND));
		assertThat(this.engine.ask(asked)).isEqualTo(new StartResult.Removed(null));
		this.engine.runToTheEnd();
		assertThat(this.simulator.builds()).isOne();
		assertThat(rows("run") + rows("run_input")).isZero();
		this.time.pass(SECOND);
		assertThat(this.engine.ask(asked)).isInstanceOf(StartResult.Started.class);
		this.engine.runToTheEnd();
		this.time.pass(Removals.KEEP.plus(SECOND));
		assertThat(this.removals.look()).as("the token is used up again").isOne();
		assertThat(this.engine.ask(asked)).isEqualTo(new StartResult.Removed(null));
	}

	@Test
	void generatedTokenIsKeptToo() {
		UUID id = ended(NewRuns.any());
		String token = this.engine.run(id).createImageToken();
		this.time.pass(Removals.KEEP.plus(SECOND));
		this.removals.look();
		assertThat(this.engine.ask(NewRuns.withToken(token))).isEqualTo(new StartResult.Removed(null));
	}

	@Test
	void tokenOfARemovedRunIsNotCountedAsInFlight(@Autowired RunStarts starts) {
		starts.start(NewRuns.withToken("first"), WEB, 1);
		this.engine.runToTheEnd();
		this.time.pass(Removals.KEEP.plus(SECOND));
		this.removals.look();
		assertThat(starts.start(NewRuns.withToken("second"), WEB, 1)).isInstanceOf(StartResult.Started.class);
		assertThat(starts.start(NewRuns.withToken("first"), WEB, 1)).isEqualTo(new StartResult.Removed("web"));
		assertThat(starts.start(NewRuns.withToken("first"), NewRuns.ANYBODY, null))
			.isEqualTo(new StartResult.Removed("web"));
		assertThat(starts.start(NewRuns.withToken("third"), WEB, 1)).isInstanceOf(StartResult.LimitReached.class);
	}

	// The insert has its snapshot and waits for the owner's lock while the run goes. Its
	// token is then in no index any more.
	@Test
	void repeatThatMeetsTheRemovalStartsNoSecondRun(@Autowired RunStarts starts, @Autowired DataSource dataSource)
			throws Exception {
		UUID id = ((StartResult.Started) starts.start(NewRuns.withToken("t"), WEB, null)).run().id();
		this.engine.runToTheEnd();
		this.time.pass(Removals.KEEP.plus(SECOND));
		try (Connection owner = dataSource.getConnection()) {
			owner.setAutoCommit(false);
			owner.prepareStatement("select from run_owner where owner = 'web' for update").execute();
			CompletableFuture<StartResult> repeated = CompletableFuture
				.supplyAsync(() -> starts.start(NewRuns.withToken("t"), WEB, null));
			awaitSomebodyThatWaits();
			assertThat(this.removals.look()).isOne();
			owner.commit();
			owner.setAutoCommit(true);
			assertThat(repeated.join()).isEqualTo(new StartResult.Known(id, List.of()));
		}
		assertThat(rows("run") + rows("run_input")).isZero();
		assertThat(starts.start(NewRuns.withToken("t"), WEB, null)).isEqualTo(new StartResult.Removed("web"));
	}

	@ParameterizedTest
	@EnumSource
	void requestThatComesLaterFindsNoRun(Request request, @Autowired BeanFactory beans) {
		UUID id = timedOut();
		this.time.pass(Removals.KEEP.plus(SECOND));
		this.removals.look();
		assertThat(request.send(beans, id)).isEmpty();
		assertThat(rows("run") + rows("run_input") + rows("run_event") + rows("run_term")).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestThatWaitsForTheRemovalFindsNoRun(Request request, @Autowired BeanFactory beans,
			@Autowired DataSource dataSource) throws Exception {
		UUID id = timedOut();
		this.time.pass(Removals.KEEP.plus(SECOND));
		assertThat(meanwhile(dataSource, request, beans, id, true)).isEmpty();
		assertThat(rows("run") + rows("run_input") + rows("run_event") + rows("run_term")).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void requestThatWaitsForARemovalThatFailsHasTheWholeRun(Request request, @Autowired BeanFactory beans,
			@Autowired DataSource dataSource) throws Exception {
		UUID id = timedOut();
		this.time.pass(Removals.KEEP.plus(SECOND));
		assertThat(meanwhile(dataSource, request, beans, id, false)).isPresent();
		assertThat(this.removals.look()).as("it has not ended any more").isZero();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isIn(RunStatus.SUCCEEDED, RunStatus.CANCELLED);
	}

	private Optional<?> meanwhile(DataSource dataSource, Request request, BeanFactory beans, UUID id, boolean commit)
			throws Exception {
		try (Connection removal = dataSource.getConnection()) {
			removal.setAutoCommit(false);
			assertThat(Removals.within(removal)).isOne();
			CompletableFuture<Optional<?>> answer = CompletableFuture.supplyAsync(() -> request.send(beans, id));
			awaitSomebodyThatWaits();
			if (commit) {
				removal.commit();
			}
			else {
				removal.rollback();
			}
			removal.setAutoCommit(true);
			return answer.join();
		}
	}

	@Test
	void runThatARequestHoldsIsLeftAlone(@Autowired DataSource dataSource) throws Exception {
		UUID held = timedOut();
		ended(NewRuns.any());
		this.time.pass(Removals.KEEP.plus(SECOND));
		try (Connection retry = dataSource.getConnection()) {
			retry.setAutoCommit(false);
			retry.prepareStatement("update run set version = version + 1 where id = '%s'".formatted(held)).execute();
			assertThat(this.removals.look()).isOne();
			retry.rollback();
			retry.setAutoCommit(true);
		}
		assertThat(this.engine.run(held).status()).isEqualTo(RunStatus.TIMED_OUT);
		assertThat(this.removals.look()).isOne();
	}

	@Test
	void listGoesOnWhereItsRunsWere(@Autowired RunSearch search) {
		RunFilter all = new RunFilter(Set.of(), List.of(), null, null);
		for (int i = 0; i < 3; i++) {
			ended(NewRuns.any());
		}
		this.time.pass(Removals.KEEP);
		this.engine.start(NewRuns.any());
		UUID oldest = this.jdbc.sql("select id from run order by number limit 1").query(UUID.class).single();
		this.jdbc.sql("update run set finished_at = engine_now() where id = :id").param("id", oldest).update();
		Found newest = search.find(all, Long.MAX_VALUE, 1);
		Found page = search.find(all, Optional.ofNullable(newest.continuesAt()).orElseThrow(), 2);
		this.time.pass(SECOND);
		assertThat(this.removals.look()).isEqualTo(2);
		assertThat(search.read(page)).isEmpty();
		long next = Optional.ofNullable(page.continuesAt()).orElseThrow();
		assertThat(search.read(search.find(all, next, 2))).singleElement()
			.satisfies((run) -> assertThat(run.id()).isEqualTo(oldest));
	}

	@Test
	void earlierBuildsLoseWhatIsOld(@Autowired EarlierBuilds builds) {
		ended(NewRuns.any());
		this.time.pass(Removals.KEEP);
		ended(NewRuns.any());
		UUID run = this.engine.start(NewRuns.any());
		assertThat(builds.ofRecipeOf(run)).hasSize(2);
		assertThat(this.removals.look()).isOne();
		assertThat(builds.ofRecipeOf(run)).hasSize(1);
	}

	private UUID ended(NewRun asked) {
		UUID id = this.engine.start(asked);
		this.engine.runToTheEnd();
		return id;
	}

	private UUID timedOut() {
		UUID id = ended(NewRuns.withDeadline(Duration.ofMinutes(5)));
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.TIMED_OUT);
		return id;
	}

	private int rows(String table) {
		return this.jdbc.sql("select count(*) from " + table).query(Integer.class).single();
	}

	private void awaitSomebodyThatWaits() {
		Awaitility.await().until(() -> this.jdbc.sql("""
				select count(*) from pg_stat_activity
				where datname = current_database() and wait_event_type = 'Lock'""").query(Integer.class).single() > 0);
	}

	/** The requests that bring a run that timed out back into flight. */
	private enum Request {

		RETRY, CANCEL;

		Optional<? extends Object> send(BeanFactory beans, UUID id) {
			return switch (this) {
				case RETRY -> beans.getBean(RunRetry.class)
					.request(id, NewRuns.ANYBODY, null)
					.filter(RetryResult.Retried.class::isInstance);
				case CANCEL -> beans.getBean(RunCancellation.class)
					.request(id, NewRuns.ANYBODY)
					.filter(CancelResult.Requested.class::isInstance);
			};
		}

	}

}
