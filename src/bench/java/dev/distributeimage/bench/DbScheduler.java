package dev.distributeimage.bench;

import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * db-scheduler: a run is a task that keeps its state and reschedules itself until its
 * last transition.
 *
 * @param lockAndFetch whether it locks due tasks while it fetches them, or fetches them
 * and locks each when it is executed
 */
record DbScheduler(boolean lockAndFetch) implements Contestant {

	// Its own schema for PostgreSQL, from its documentation.
	private static final String TABLE = """
			create table scheduled_tasks (
			  task_name            text not null,
			  task_instance        text not null,
			  task_data            bytea,
			  execution_time       timestamp with time zone not null,
			  picked               boolean not null,
			  picked_by            text,
			  last_success         timestamp with time zone,
			  last_failure         timestamp with time zone,
			  consecutive_failures int,
			  last_heartbeat       timestamp with time zone,
			  version              bigint not null,
			  priority             smallint,
			  primary key (task_name, task_instance)
			);
			create index execution_time_idx on scheduled_tasks (execution_time);
			create index last_heartbeat_idx on scheduled_tasks (last_heartbeat);
			create index priority_execution_time_idx on scheduled_tasks (priority desc, execution_time asc)""";

	@Override
	public String name() {
		return "db-scheduler, " + (this.lockAndFetch ? "lock-and-fetch" : "fetch");
	}

	@Override
	public int runs(Load load) {
		return 40_000 / load.mix().perRun();
	}

	@Override
	public void prepare(BenchPostgres postgres, String database, int runs) {
		try (HikariDataSource pool = postgres.pool(database)) {
			JdbcClient.create(pool).sql(TABLE).update();
			Task<Integer> task = task(new Calls(Load.NO_CALL, 0));
			SchedulerClient.Builder.create(pool, task)
				.build()
				.scheduleBatch(IntStream.range(0, runs).<TaskInstance<?>>mapToObj((i) -> task.instance("run-" + i, 0)),
						Instant.now());
		}
	}

	@Override
	public Round round(BenchPostgres postgres, String database, Load load, Calls calls) {
		HikariDataSource pool = postgres.pool(database);
		SchedulerBuilder builder = Scheduler.create(pool, task(calls))
			.threads(load.threads())
			.pollingInterval(Duration.ofMillis(50));
		// More than the default, with which a pass fetches only as many tasks as there
		// are threads.
		Scheduler scheduler = (this.lockAndFetch ? builder.pollUsingLockAndFetch(1.0, 4.0)
				: builder.pollUsingFetch(1.0, 4.0))
			.build();
		return new Schedule(scheduler, pool, calls);
	}

	private static Task<Integer> task(Calls calls) {
		return Tasks.custom("run", Integer.class).execute((task, context) -> {
			int transition = task.getData() + 1;
			calls.make(task.getId(), transition);
			if (calls.isLast(transition)) {
				return new CompletionHandler.OnCompleteRemove<>();
			}
			return (complete, operations) -> operations.reschedule(complete, Instant.now(), transition);
		});
	}

	private record Schedule(Scheduler scheduler, HikariDataSource pool, Calls calls) implements Round {

		@Override
		public void start() {
			this.scheduler.start();
		}

		@Override
		public long unended() {
			return JdbcClient.create(this.pool).sql("select count(*) from scheduled_tasks").query(Long.class).single();
		}

		// An ended task is deleted; the calls show whether it ran twice.
		@Override
		public long endedOnce() {
			return this.calls.finished();
		}

		@Override
		public void awaitEnd(Duration patience) throws InterruptedException {
			this.calls.awaitEnd(this, patience);
		}

		@Override
		public void close() {
			this.scheduler.stop();
			this.pool.close();
		}

	}

}
