package dev.distributeimage.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import com.zaxxer.hikari.HikariDataSource;
import dev.distributeimage.chaos.Chaos;
import dev.distributeimage.run.queue.EngineStatements;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * PostgreSQL alone: pgbench sends the engine's own statements for the same rows, without
 * Java in between. A claim of 500 runs returns their outcomes, which the next statement
 * writes.
 */
record PgBench() implements Contestant {

	private static final int GROUP = 500;

	private static final int CLIENTS = 2;

	private static final Path SCRIPT = Path.of("target", "bench", "pgbench.sql");

	// Every claim and every write raises the version, which shows how far the run is. A
	// colon in a text starts a variable in pgbench, so the ARNs contain none. A claim
	// that finds nothing returns empty rows, which change no run.
	private static final String OUTCOMES = """
			, made as (
			  select claimed.*, (version + 1) / 2 as made, (array['', '', 'PENDING', 'CREATING', 'BUILDING', 'BUILDING',
			    'TESTING', 'DISTRIBUTING', 'INTEGRATING', 'AVAILABLE'])[(version + 1) / 2] as seen
			  from (select) always left join claimed on true
			), events as (
			  select array_agg(id) as event_run, array_agg(position) as event_position, array_agg(type) as event_type,
			    array_agg(step) as event_step, array_agg(detail) as event_detail
			  from made, lateral (
			    select 1 as position, 'STEP_ENDED' as type, jsonb_build_object('failedCalls', 0, 'arn',
			      'arn-aws-imagebuilder-eu-west-1-123456789012-distribution-configuration/' || id) as detail where made < 3
			    union all select 2, 'STEP_BEGUN', '{}' where made < 3
			    union all select 1, 'IMAGE_STATUS', jsonb_build_object('status', seen) where made > 2 and made <> 6
			    union all select 2, 'STEP_ENDED', jsonb_build_object('failedCalls', 0) where made = 10
			    union all select 3, 'ENDED', jsonb_build_object('status', 'SUCCEEDED', 'finalStatus', 'AVAILABLE',
			      'failedCalls', 0) where made = 10) event
			)
			select array_agg(id) as id, array_agg(version) as version, array_agg(true) as claimed,
			  array_agg('PT0S'::text) as pause, array_agg(false) as cancel_seen, array_agg(false) as goes_on,
			  array_agg(case when made = 2 then 'imageBuildVersionArn=' || id end) as new_term,
			  array_agg(case when made < 3 then 2 when made = 6 then 0 when made < 10 then 1 else 3 end) as events,
			  array_agg(case made when 10 then 'SUCCEEDED' else 'RUNNING' end) as status,
			  array_agg(case made when 1 then 'createImage' else 'getImage' end) as step,
			  array_agg(0) as attempts, array_agg(0) as failed_calls, array_agg(null::text) as unanswered_since,
			  array_agg(null::text) as failure, array_agg(0) as missing_polls, array_agg(made > 6) as build_finished,
			  array_agg(null::text) as stale_end, array_agg(null::text) as stale_end_until,
			  array_agg(case when made > 2 then seen end) as image_status, array_agg(null::text) as image_reason,
			  array_agg(null::text) as image_digest,
			  array_agg(coalesce(distribution_configuration_arn,
			    'arn-aws-imagebuilder-eu-west-1-123456789012-distribution-configuration/' || id))
			    as distribution_configuration_arn,
			  array_agg(coalesce(image_build_version_arn, case made when 2 then
			    'arn-aws-imagebuilder-eu-west-1-123456789012-image/' || id || '/1.0.0/1' end)) as image_build_version_arn,
			  array_agg(case made when 10 then 'AVAILABLE' end) as final_status,
			  array_agg(create_image_token) as create_image_token, array_agg(false) as cancel_answered,
			  array_agg(null::text) as retry_call,
			  array_agg(null::text) as image_failure_context, array_agg(null::text) as image_amis,
			  array_agg(null::text) as image_containers, array_agg(made < 3) as image_is_stored,
			  array_agg(0) as image_weight, array_agg(0) as image_repeated_weight,
			  coalesce((select event_run from events), '{}') as event_run,
			  coalesce((select event_position from events), '{}') as event_position,
			  coalesce((select event_type from events), '{}') as event_type,
			  coalesce((select event_step from events), '{}') as event_step,
			  coalesce((select event_detail from events), '{}') as event_detail
			from made
			""";

	@Override
	public String name() {
		return "pgbench, the same statements";
	}

	@Override
	public boolean isHere() {
		boolean here = Chaos.answers("pgbench", "--version");
		if (!here) {
			System.out.println("skipped: " + name() + " (needs pgbench)");
		}
		return here;
	}

	@Override
	public int runs(Load load) {
		return load.equals(Load.NO_CALL) ? 20_000 : 0;
	}

	@Override
	public void prepare(BenchPostgres postgres, String database, int runs) {
		new DistributeImage(1).prepare(postgres, database, runs);
	}

	@Override
	public Round round(BenchPostgres postgres, String database, Load load, Calls calls) {
		HikariDataSource pool = postgres.pool(database);
		long runs = JdbcClient.create(pool).sql("select count(*) from run").query(Long.class).single();
		return new Script(command(postgres, database, runs), pool);
	}

	private static ProcessBuilder command(BenchPostgres postgres, String database, long runs) {
		try {
			Files.createDirectories(SCRIPT.getParent());
			Files.writeString(SCRIPT, script());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		// Some additional claims, for rows that the other client has locked.
		long loops = runs * Mix.NEWS.perRun() / GROUP / CLIENTS + 10;
		ProcessBuilder command = new ProcessBuilder("pgbench", "--host=localhost", "--port=" + postgres.port(),
				"--username=postgres", "--no-vacuum", "--protocol=prepared", "--client=" + CLIENTS, "--jobs=" + CLIENTS,
				"--transactions=" + loops, "--define=limit=" + GROUP, "--define=regionLimit=" + GROUP, "--define=duration=PT1M",
				"--define=lease=PT1M", "--define=regions={eu-west-1}", "--define=since={-infinity}",
				"--file=" + SCRIPT, database);
		command.environment().put("PGPASSWORD", "postgres");
		return command.redirectErrorStream(true).redirectOutput(SCRIPT.resolveSibling("pgbench.log").toFile());
	}

	private static String script() {
		return EngineStatements.claim() + OUTCOMES + "\\gset\n" + EngineStatements.write() + ";\n";
	}

	private static final class Script implements Round {

		private final ProcessBuilder command;

		private final HikariDataSource pool;

		private Script(ProcessBuilder command, HikariDataSource pool) {
			this.command = command;
			this.pool = pool;
		}

		@Override
		public void start() {
		}

		@Override
		public void awaitEnd(Duration patience) throws InterruptedException {
			try {
				Process process = this.command.start();
				if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
					process.destroyForcibly().waitFor();
				}
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public long unended() {
			return count("select count(*) from run where status = 'RUNNING'");
		}

		@Override
		public long endedOnce() {
			return count("select count(*) from run where status = 'SUCCEEDED' and version = 20");
		}

		private long count(String query) {
			return JdbcClient.create(this.pool).sql(query).query(Long.class).single();
		}

		@Override
		public void close() {
			this.pool.close();
		}

	}

}
