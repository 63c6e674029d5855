package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.VirtualTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import dev.distributeimage.run.AnyTurn;
import dev.distributeimage.run.LosingDataSource;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.view.Runs;
import dev.distributeimage.run.view.StoredRun;

@DatabaseTest
class RunStartsTests {

	private final RunStarts intake;

	private final JdbcClient jdbc;

	RunStartsTests(@Autowired RunStarts intake, @Autowired JdbcClient jdbc) {
		jdbc.sql("truncate run, run_input, run_event, run_term").update();
		this.intake = intake;
		this.jdbc = jdbc;
		new VirtualTime(jdbc);
	}

	@Test
	void runWithoutATokenGetsItsOwn() {
		StoredRun run = accepted(NewRuns.any());
		assertThat(run.input().clientToken()).matches("arazzo-distribute-image-[a-z0-9]{12}");
		assertThat(run.run().createDistributionConfigurationToken()).isEqualTo(run.input().clientToken());
		assertThat(run.run().createImageToken()).isEqualTo(run.input().clientToken());
	}

	@Test
	void twoRunsWithoutATokenGetTwo() {
		assertThat(accepted(NewRuns.any()).input().clientToken())
			.isNotEqualTo(accepted(NewRuns.any()).input().clientToken());
	}

	@Test
	void deadlineCountsFromTheStart() {
		assertThat(accepted(NewRuns.any()).run().deadline()).isEqualTo(VirtualTime.START.plus(Duration.ofHours(12)));
		assertThat(accepted(NewRuns.withDeadline(Duration.ofDays(2))).run().deadline())
			.isEqualTo(VirtualTime.START.plus(Duration.ofDays(2)));
	}

	@Test
	void sameTokenAndSameInputsIsKnown() {
		StoredRun first = accepted(NewRuns.withToken("t-1"));
		assertThat(this.intake.take(NewRuns.withToken("t-1"))).isInstanceOfSatisfying(StartResult.Known.class,
				(known) -> assertThat(known.run().run().id()).isEqualTo(first.run().id()));
	}

	@Test
	void memberOrderAndWhiteSpaceDoNotMatter() {
		NewRun asked = NewRuns.withToken("t-2");
		accepted(asked);
		var reordered = JsonMapper.shared().readTree("""
				[{"amiDistributionConfiguration":{"name":"web {{ imagebuilder:buildDate }}"},"region":"eu-west-1"},
				 {"amiDistributionConfiguration":{"targetAccountIds":["111122223333"],
				   "name":"web {{ imagebuilder:buildDate }}"},"region":"us-east-1"}]""");
		assertThat(this.intake.take(new NewRun(asked.distributionName(), reordered, asked.imageRecipeArn(),
				asked.infrastructureConfigurationArn(), "t-2", asked.labels(), null)))
			.isInstanceOf(StartResult.Known.class);
	}

	@Test
	void arrayOrderMatters() {
		NewRun asked = NewRuns.withToken("t-3");
		accepted(asked);
		var swapped = JsonMapper.shared().createArrayNode();
		swapped.add(asked.distributions().get(1)).add(asked.distributions().get(0));
		assertThat(this.intake.take(new NewRun(asked.distributionName(), swapped, asked.imageRecipeArn(),
				asked.infrastructureConfigurationArn(), "t-3", asked.labels(), null)))
			.isInstanceOf(StartResult.TokenReused.class);
	}

	@Test
	void oneTokenFromTwentyThreadsMakesOneRun() throws Exception {
		List<Callable<StartResult>> callers = IntStream.range(0, 20)
			.<Callable<StartResult>>mapToObj((i) -> () -> this.intake.take(NewRuns.withToken("t-4")))
			.toList();
		ExecutorService threads = Executors.newFixedThreadPool(20);
		int accepted = 0;
		for (var result : threads.invokeAll(callers)) {
			accepted += (result.get() instanceof StartResult.Accepted) ? 1 : 0;
		}
		threads.shutdown();
		assertThat(accepted).isOne();
		assertThat(this.jdbc.sql("select count(*) from run").query(Integer.class).single()).isOne();
		assertThat(this.jdbc.sql("select count(*) from run_event").query(Integer.class).single()).isEqualTo(2);
	}

	@Test
	void requestWhoseAnswerWasLostIsAcceptedOnce(@Autowired DataSource dataSource, @Autowired Runs runs,
			@Autowired JsonMapper json, @Autowired ApplicationEventPublisher events) {
		RunStarts unlucky = unlucky(new LosingDataSource(dataSource, 2), runs, json, events);
		assertThat(unlucky.take(NewRuns.any())).isInstanceOf(StartResult.Accepted.class);
		assertThat(unlucky.take(NewRuns.withToken("t-5"))).isInstanceOf(StartResult.Accepted.class);
		assertThat(this.jdbc.sql("select count(*) from run").query(Integer.class).single()).isEqualTo(2);
	}

	@Test
	void requestThatCannotBeSettledIsUnknown(@Autowired DataSource dataSource, @Autowired Runs runs,
			@Autowired JsonMapper json, @Autowired ApplicationEventPublisher events) {
		RunStarts unlucky = unlucky(new LosingDataSource(dataSource, 100), runs, json, events);
		assertThatExceptionOfType(OutcomeUnknownException.class).isThrownBy(() -> unlucky.take(NewRuns.any()));
	}

	// The statement that finds the token taken may have stored the run itself, in an
	// attempt whose answer was lost.
	@Test
	void requestThatGetsNoTurnToSettleItIsUnknown(@Autowired DataSource dataSource, @Autowired Runs runs,
			@Autowired JsonMapper json, @Autowired ApplicationEventPublisher events) {
		RunStarts busy = intake(dataSource, new NoSecondTurn(), runs, json, events);
		assertThat(busy.take(NewRuns.withToken("t-6"))).isInstanceOf(StartResult.Accepted.class);
		assertThatExceptionOfType(OutcomeUnknownException.class).isThrownBy(() -> busy.take(NewRuns.withToken("t-6")));
	}

	@Test
	void requestThatLosesTheDatabaseToSettleItIsUnknown(@Autowired DataSource dataSource, @Autowired Runs runs,
			@Autowired JsonMapper json, @Autowired ApplicationEventPublisher events) {
		LosingDataSource database = new LosingDataSource(dataSource, (sql) -> sql.contains("as same"));
		RunStarts unlucky = unlucky(database, runs, json, events);
		accepted(NewRuns.withToken("t-7"));
		database.lose(1);
		assertThatExceptionOfType(OutcomeUnknownException.class)
			.isThrownBy(() -> unlucky.take(NewRuns.withToken("t-7")));
	}

	private static RunStarts unlucky(DataSource dataSource, Runs runs, JsonMapper json,
			ApplicationEventPublisher events) {
		return intake(dataSource, new AnyTurn(), runs, json, events);
	}

	private static RunStarts intake(DataSource dataSource, Turns turns, Runs runs, JsonMapper json,
			ApplicationEventPublisher events) {
		JdbcClient jdbc = JdbcClient.create(dataSource);
		return new RunStarts(new RunInserts(jdbc, json, turns, Runnable::run), jdbc, runs, json,
				new RunSettings(Duration.ofHours(12)), turns, events);
	}

	private StoredRun accepted(NewRun asked) {
		return ((StartResult.Accepted) this.intake.take(asked)).run();
	}

	/** Statements have their turn, and nothing else. */
	private static final class NoSecondTurn extends AnyTurn {

		@Override
		public <T extends @Nullable Object> T take(Supplier<T> work) {
			throw new TurnRefusedException();
		}

	}

}
