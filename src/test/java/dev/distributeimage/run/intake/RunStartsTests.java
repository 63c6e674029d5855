package dev.distributeimage.run.intake;

import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.run.LosingDataSource;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.Tokens;
import dev.distributeimage.run.Warning;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.queue.RunStore;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import dev.distributeimage.trace.Traces;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@DatabaseTest
class RunStartsTests {

	private final RunStarts starts;

	private final RunStore store;

	private final JdbcClient jdbc;

	RunStartsTests(@Autowired RunStarts starts, @Autowired RunStore store, @Autowired JdbcClient jdbc) {
		this.store = store;
		TestPostgres.empty(jdbc);
		this.starts = starts;
		this.jdbc = jdbc;
		new VirtualTime(jdbc);
	}

	@Test
	void runWithoutATokenGetsItsOwn() {
		RunSnapshot run = accepted(NewRuns.any());
		assertThat(run.clientToken()).matches("arazzo-distribute-image-[a-z0-9]{12}");
		assertThat(this.store.find(run.id()).orElseThrow().run().tokens())
			.isEqualTo(new Tokens(run.clientToken(), run.clientToken(), null));
	}

	@Test
	void twoRunsWithoutATokenGetTwo() {
		assertThat(accepted(NewRuns.any()).clientToken()).isNotEqualTo(accepted(NewRuns.any()).clientToken());
	}

	@Test
	void deadlineCountsFromTheStart() {
		assertThat(accepted(NewRuns.any()).deadline()).isEqualTo(VirtualTime.START.plus(Duration.ofHours(12)));
		assertThat(accepted(NewRuns.withDeadline(Duration.ofDays(2))).deadline())
			.isEqualTo(VirtualTime.START.plus(Duration.ofDays(2)));
	}

	@Test
	void sameTokenAndSameInputsIsKnown() {
		RunSnapshot first = accepted(NewRuns.withToken("t-1"));
		assertThat(this.starts.start(NewRuns.withToken("t-1"), NewRuns.ANYBODY, null))
			.isInstanceOfSatisfying(StartResult.Known.class, (known) -> assertThat(known.run()).isEqualTo(first.id()));
	}

	@Test
	void otherLabelsAndDeadlineAreWarnings() {
		RunSnapshot run = accepted(NewRuns.withToken("t-8"));
		NewRun other = new NewRunBuilder(NewRuns.withToken("t-8")).labels(Map.of("team", "web"))
			.deadline(Duration.ofHours(12))
			.build();
		assertThat(this.starts.start(other, NewRuns.ANYBODY, null)).isEqualTo(new StartResult.Known(run.id(),
				List.of(new Warning("/labels", "The run was started with other labels, and keeps them."),
						new Warning("/deadline", "The run was started with another deadline, and keeps it."))));
	}

	@Test
	void memberOrderAndWhiteSpaceDoNotMatter() {
		NewRun asked = NewRuns.withToken("t-2");
		accepted(asked);
		var reordered = JsonMapper.shared().readTree("""
				[{"amiDistributionConfiguration":{"name":"web {{ imagebuilder:buildDate }}"},"region":"eu-west-1"},
				 {"amiDistributionConfiguration":{"targetAccountIds":["111122223333"],
				   "name":"web {{ imagebuilder:buildDate }}"},"region":"us-east-1"}]""");
		assertThat(this.starts.start(new NewRunBuilder(asked).distributions(reordered).build(), NewRuns.ANYBODY, null))
			.isInstanceOf(StartResult.Known.class);
	}

	@Test
	void arrayOrderMatters() {
		NewRun asked = NewRuns.withToken("t-3");
		accepted(asked);
		var swapped = JsonMapper.shared().createArrayNode();
		JsonNode distributions = Objects.requireNonNull(asked.input().distributions());
		swapped.add(distributions.get(1)).add(distributions.get(0));
		assertThat(this.starts.start(new NewRunBuilder(asked).distributions(swapped).build(), NewRuns.ANYBODY, null))
			.isInstanceOf(StartResult.TokenReused.class);
	}

	@Test
	void oneTokenFromTwentyThreadsMakesOneRun() throws Exception {
		List<Callable<StartResult>> callers = IntStream.range(0, 20)
			.<Callable<StartResult>>mapToObj(
					(i) -> () -> this.starts.start(NewRuns.withToken("t-4"), NewRuns.ANYBODY, null))
			.toList();
		ExecutorService threads = Executors.newFixedThreadPool(20);
		int accepted = 0;
		for (var result : threads.invokeAll(callers)) {
			accepted += (result.get() instanceof StartResult.Started) ? 1 : 0;
		}
		threads.shutdown();
		assertThat(accepted).isOne();
		assertThat(this.jdbc.sql("select count(*) from run").query(Integer.class).single()).isOne();
		assertThat(this.jdbc.sql("select count(*) from run_event").query(Integer.class).single()).isEqualTo(2);
	}

	@Test
	void requestWhoseAnswerWasLostIsAcceptedOnce(@Autowired DataSource dataSource, @Autowired RunSnapshots snapshots,
			@Autowired JsonMapper json, @Autowired ApplicationEventPublisher events) {
		RunStarts unlucky = unlucky(new LosingDataSource(dataSource, 1), snapshots, json, events);
		assertThat(unlucky.start(NewRuns.any(), NewRuns.ANYBODY, null)).isInstanceOf(StartResult.Started.class);
		assertThat(unlucky.start(NewRuns.withToken("t-5"), NewRuns.ANYBODY, null))
			.isInstanceOf(StartResult.Started.class);
		assertThat(this.jdbc.sql("select count(*) from run").query(Integer.class).single()).isEqualTo(2);
	}

	@Test
	void requestThatCannotBeSettledIsUnknown(@Autowired DataSource dataSource, @Autowired RunSnapshots snapshots,
			@Autowired JsonMapper json, @Autowired ApplicationEventPublisher events) {
		RunStarts unlucky = unlucky(new LosingDataSource(dataSource, 100), snapshots, json, events);
		assertThatExceptionOfType(OutcomeUnknownException.class)
			.isThrownBy(() -> unlucky.start(NewRuns.any(), NewRuns.ANYBODY, null));
	}

	// The statement that would have stored the run names the run that has its token.
	@Test
	void tokenThatIsCommittedMeanwhileIsReused(@Autowired DataSource dataSource, @Autowired RunSnapshots snapshots,
			@Autowired JsonMapper json, @Autowired ApplicationEventPublisher events) throws Exception {
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try (Connection first = dataSource.getConnection()) {
			first.setAutoCommit(false);
			JdbcClient.create(new SingleConnectionDataSource(first, true)).sql("""
					insert into run_input (run_id, created_at, distribution_name, distributions, image_recipe_arn,
					  infrastructure_configuration_arn, client_token, distribution_configuration_arn_expected, labels,
					  weight)
					values (gen_random_uuid(), now(), 'web', '[]', 'r', 'i', 't-7', 'd', '{}', 1)""").update();
			var second = thread.submit(() -> this.starts.start(NewRuns.withToken("t-7"), NewRuns.ANYBODY, null));
			Awaitility.await()
				.until(() -> this.jdbc.sql("""
						select count(*) from pg_stat_activity
						where datname = current_database() and wait_event_type = 'Lock'""")
					.query(Integer.class)
					.single() > 0);
			first.commit();
			assertThat(second.get()).isInstanceOf(StartResult.TokenReused.class);
		}
		finally {
			thread.shutdown();
		}
	}

	private static RunStarts unlucky(DataSource dataSource, RunSnapshots snapshots, JsonMapper json,
			ApplicationEventPublisher events) {
		JdbcClient jdbc = JdbcClient.create(dataSource);
		return new RunStarts(new RunInserts(jdbc, json, snapshots, Runnable::run), new TakenNames(jdbc),
				new RunSettings(Duration.ofHours(12)), events, new IntakeMetrics(new SimpleMeterRegistry()),
				Traces.off());
	}

	private RunSnapshot accepted(NewRun asked) {
		return ((StartResult.Started) this.starts.start(asked, NewRuns.ANYBODY, null)).run();
	}

}
