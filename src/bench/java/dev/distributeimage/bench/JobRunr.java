package dev.distributeimage.bench;

import java.time.Duration;
import java.util.stream.IntStream;

import com.zaxxer.hikari.HikariDataSource;
import org.jobrunr.configuration.JobRunrConfiguration.JobRunrConfigurationResult;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.BackgroundJobRequest;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;

/** JobRunr: a run is a chain of jobs, each of which enqueues the next. */
record JobRunr() implements Contestant {

	@Override
	public String name() {
		return "JobRunr";
	}

	@Override
	public int runs(Load load) {
		return (load.mix() == Mix.NEWS) ? 1_000 : 0;
	}

	@Override
	public void prepare(BenchPostgres postgres, String database, int runs) {
		try (HikariDataSource pool = postgres.pool(database); StorageProvider storage = storage(pool)) {
			new JobRequestScheduler(storage)
				.enqueue(IntStream.range(0, runs).mapToObj((i) -> new Transition("run-" + i, 1)));
		}
	}

	@Override
	public Round round(BenchPostgres postgres, String database, Load load, Calls calls) {
		HikariDataSource pool = postgres.pool(database);
		StorageProvider storage = storage(pool);
		// The shortest interval that it accepts. A free worker polls in between.
		BackgroundJobServerConfiguration server = BackgroundJobServerConfiguration
			.usingStandardBackgroundJobServerConfiguration()
			.andWorkerCount(load.threads())
			.andPollInterval(Duration.ofSeconds(5));
		JobRunrConfigurationResult engine = org.jobrunr.configuration.JobRunr.configure()
			.useStorageProvider(storage)
			.useJsonMapper(new Jackson3JsonMapper())
			.useJobActivator(activator(calls))
			.useBackgroundJobServer(server, false)
			.initialize();
		return new Server(engine, storage, pool, calls);
	}

	private static StorageProvider storage(HikariDataSource pool) {
		StorageProvider storage = new PostgresStorageProvider(pool);
		storage.setJobMapper(new JobMapper(new Jackson3JsonMapper()));
		return storage;
	}

	private static JobActivator activator(Calls calls) {
		return new JobActivator() {
			@Override
			public <T> T activateJob(Class<T> type) {
				return type.cast(new Handler(calls));
			}
		};
	}

	/** A job: one transition of a run. */
	public record Transition(String run, int number) implements JobRequest {

		@Override
		public Class<Handler> getJobRequestHandler() {
			return Handler.class;
		}

	}

	/**
	 * Makes the call and enqueues the next job. Public, because JobRunr calls it by
	 * reflection.
	 */
	public record Handler(Calls calls) implements JobRequestHandler<Transition> {

		@Override
		public void run(Transition transition) {
			this.calls.make(transition.run(), transition.number());
			if (transition.number() < Mix.NEWS.perRun()) {
				BackgroundJobRequest.enqueue(new Transition(transition.run(), transition.number() + 1));
			}
		}

	}

	private record Server(JobRunrConfigurationResult engine, StorageProvider storage, HikariDataSource pool,
			Calls calls) implements Round {

		@Override
		public void start() {
			this.engine.getBackgroundJobServer().start();
		}

		@Override
		public long unended() {
			return count("select count(*) from jobrunr_jobs where state <> 'SUCCEEDED'");
		}

		@Override
		public long endedOnce() {
			return count("select count(*) from jobrunr_jobs where state = 'SUCCEEDED'") / Mix.NEWS.perRun();
		}

		@Override
		public void awaitEnd(Duration patience) throws InterruptedException {
			this.calls.awaitEnd(this, patience);
		}

		private long count(String query) {
			return JdbcClient.create(this.pool).sql(query).query(Long.class).single();
		}

		@Override
		public void close() {
			this.engine.getBackgroundJobServer().stop();
			this.storage.close();
			this.pool.close();
		}

	}

}
