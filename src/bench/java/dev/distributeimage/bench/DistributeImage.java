package dev.distributeimage.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import dev.distributeimage.DistributeImageApplication;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.intake.RunStarts;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * This service as shipped, except for the calls to AWS: starts, claims, steps, writer,
 * history and lists. Polls are due again after 10 ms, the minimum setting.
 *
 * @param instances the number of instances that work on the same database
 */
record DistributeImage(int instances) implements Contestant {

	private static final int LOADERS = 8;

	@Override
	public String name() {
		return (this.instances == 1) ? "distribute-image" : "distribute-image, %d instances".formatted(this.instances);
	}

	@Override
	public int runs(Load load) {
		return 200_000 / load.mix().perRun();
	}

	// Everything is due when the round begins: the poller does not run here.
	@Override
	public void prepare(BenchPostgres postgres, String database, int runs) {
		try (ConfigurableApplicationContext context = context(postgres, database, Load.NO_CALL,
				new Calls(Load.NO_CALL, 0))) {
			RunStarts starts = context.getBean(RunStarts.class);
			ExecutorService loaders = Executors.newFixedThreadPool(LOADERS);
			for (int i = 0; i < runs; i++) {
				loaders.execute(() -> starts.start(NewRuns.any(), NewRuns.ANYBODY, null));
			}
			loaders.shutdown();
			if (!loaders.awaitTermination(5, TimeUnit.MINUTES)) {
				throw new IllegalStateException("The runs could not be stored");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public Round round(BenchPostgres postgres, String database, Load load, Calls calls) {
		List<ConfigurableApplicationContext> contexts = new ArrayList<>();
		for (int i = 0; i < this.instances; i++) {
			contexts.add(context(postgres, database, load, calls));
		}
		return new Instances(contexts, calls, contexts.get(0).getBean(JdbcClient.class));
	}

	private static ConfigurableApplicationContext context(BenchPostgres postgres, String database, Load load,
			Calls calls) {
		return new SpringApplicationBuilder(DistributeImageApplication.class).web(WebApplicationType.NONE)
			.initializers((GenericApplicationContext context) -> context.registerBean("steppingImageBuilder",
					ImageBuilder.class, () -> new SteppingImageBuilder(calls),
					(definition) -> definition.setPrimary(true)))
			.run(postgres.settings(database,
					"--spring.datasource.hikari.maximum-pool-size=" + BenchPostgres.CONNECTIONS,
					"--distribute-image.poller.enabled=false",
					"--distribute-image.poller.concurrency=" + load.threads(),
					"--distribute-image.poller.region-share=1", "--distribute-image.image.poll-every=10ms"));
	}

	private record Instances(List<ConfigurableApplicationContext> contexts, Calls calls,
			JdbcClient jdbc) implements Round {

		@Override
		public void start() {
			this.contexts.forEach((context) -> context.getBean("runPoller", SmartLifecycle.class).start());
		}

		@Override
		public long unended() {
			return count("select count(*) from run where next_attempt_at is not null");
		}

		// A run that was executed twice has two ends or too many events in its history.
		@Override
		public long endedOnce() {
			return count("""
					select count(*) from run
					where status = 'SUCCEEDED' and 1 = (
					  select count(*) from run_event where run_event.number = run.number and type = 'ENDED')
					  and last_event = (select count(*) from run_event where run_event.number = run.number)""");
		}

		@Override
		public void awaitEnd(Duration patience) throws InterruptedException {
			this.calls.awaitEnd(this, patience);
		}

		private long count(String query) {
			return this.jdbc.sql(query).query(Long.class).single();
		}

		@Override
		public void close() {
			this.contexts.forEach(ConfigurableApplicationContext::close);
		}

	}

}
