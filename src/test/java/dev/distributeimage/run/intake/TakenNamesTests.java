package dev.distributeimage.run.intake;

import java.util.List;
import java.util.Objects;
import java.util.UUID;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.Warning;
import dev.distributeimage.run.queue.Plan;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@DatabaseTest
class TakenNamesTests {

	private final RunStarts starts;

	private final RunSnapshots snapshots;

	private final JdbcClient jdbc;

	TakenNamesTests(@Autowired RunStarts starts, @Autowired RunSnapshots snapshots, @Autowired JdbcClient jdbc) {
		TestPostgres.empty(jdbc);
		this.starts = starts;
		this.snapshots = snapshots;
		this.jdbc = jdbc;
	}

	@Test
	void nameOfAnotherRunIsAWarningThatIsStored() {
		RunSnapshot first = started(NewRuns.named("My web_1"));
		RunSnapshot second = started(NewRuns.named("my-web 1"));
		assertThat(first.warnings()).isEmpty();
		assertThat(second.warnings()).containsExactly(new Warning("/distributionName", "The run " + first.id()
				+ " has this name in the same account and Region. AWS refuses the name unless the distribution configuration of that run was deleted."));
		assertThat(this.snapshots.findById(second.id()).orElseThrow().warnings()).isEqualTo(second.warnings());
		assertThat(second.weight() - first.weight()).isGreaterThan(second.warnings().toString().length() - 20);
	}

	@Test
	void nameElsewhereIsNoWarning() {
		NewRun here = NewRuns.of("eu-west-1", "web");
		NewRun there = NewRuns.of("us-east-1", "web");
		started(here);
		assertThat(this.starts.warnings(here, Caller.ANONYMOUS)).hasSize(1);
		String name = Objects.requireNonNull(here.input().distributionName());
		assertThat(started(new NewRunBuilder(there).name(name).build()).warnings()).isEmpty();
	}

	@Test
	void latestHolderIsNamed() {
		started(NewRuns.named("web"));
		RunSnapshot latest = started(NewRuns.named("web"));
		assertThat(started(NewRuns.named("web")).warnings()).singleElement()
			.satisfies((warning) -> assertThat(warning.detail()).contains(latest.id().toString()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "distribution_configuration_arn = 'arn:d'", "unanswered_since = engine_now()" })
	void runThatEndedAfterItsCreateHasItsName(String outcome) {
		started(NewRuns.named("web"));
		ended(outcome);
		assertThat(started(NewRuns.named("web")).warnings()).hasSize(1);
	}

	@Test
	void runThatEndedWithoutAConfigurationHasNoName() {
		started(NewRuns.named("web"));
		ended("attempts = 1");
		assertThat(this.starts.warnings(NewRuns.named("web"), Caller.ANONYMOUS)).isEmpty();
		assertThat(started(NewRuns.named("web")).warnings()).isEmpty();
	}

	@Test
	void repeatedRequestIsNoOtherRun() {
		RunSnapshot run = started(NewRuns.withToken("again"));
		assertThat(this.starts.warnings(NewRuns.withToken("again"), Caller.ANONYMOUS)).isEmpty();
		assertThat(this.starts.start(NewRuns.withToken("again"), NewRuns.ANYBODY, null))
			.isEqualTo(new StartResult.Known(run.id(), List.of()));
		assertThat(this.starts.warnings(NewRuns.named("token-again"), Caller.ANONYMOUS)).hasSize(1);
	}

	// One look-up in the index, however many runs there are, and a hundred at most.
	@Test
	void nameOfManyEndedRunsIsLookedUpAHundredTimesAtMost() {
		this.jdbc.sql("""
				with many as (
				  insert into run (id, number, region, account, status, finished_at, deadline, last_event,
				    create_distribution_configuration_token, create_image_token, created_at, updated_at)
				  select gen_random_uuid(), n, 'eu-west-1', '1', 'FAILED', now(), now(), 2, 't', 't', now(), now()
				  from generate_series(1, 5000) n
				  returning *
				)
				insert into run_input (run_id, number, distribution_name, distributions, image_recipe_arn,
				  infrastructure_configuration_arn, client_token, distribution_configuration_arn_expected, labels,
				  weight, created_at)
				select id, number, 'web', '[]', 'r', 'i', 'token-' || number, 'arn:' || number % 2, '{}', 1, created_at
				from many""").update();
		for (String table : List.of("run", "run_input")) {
			this.jdbc.sql("vacuum analyze " + table).update();
		}
		assertThat(rowsRead("arn:1")).isBetween(200L, 500L);
		assertThat(rowsRead("arn:" + UUID.randomUUID())).isLessThan(3);
	}

	private long rowsRead(String arn) {
		return new Plan(this.jdbc
			.sql("explain (analyze, timing off) select found from (select cast(:arn as text) as expected_arn, "
					+ "'t' as token, cast(null as jsonb) as warnings) asked cross join lateral "
					+ TakenNames.warnings("asked", "cast(null as text)") + " told (found)")
			.param("arn", arn)
			.query(String.class)
			.list()).rowsRead();
	}

	private void ended(String outcome) {
		this.jdbc
			.sql("update run set status = 'FAILED', next_attempt_at = null, finished_at = engine_now(), " + outcome)
			.update();
	}

	private RunSnapshot started(NewRun run) {
		return ((StartResult.Started) this.starts.start(run, NewRuns.ANYBODY, null)).run();
	}

}
