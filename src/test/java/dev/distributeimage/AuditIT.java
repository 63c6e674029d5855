package dev.distributeimage;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Simulator;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests, with the jar killed by {@code kill -9}, that a change has its record and a
 * record its change.
 */
class AuditIT {

	/** Every change besides every record, with a null where one of the two is missing. */
	private static final String CHANGES = """
			with change as (
			  select run_id as run, case type when 'ACCEPTED' then 'run.start' when 'CANCEL_REQUESTED' then 'run.cancel'
			      when 'RETRY_REQUESTED' then 'run.retry' end as event, row_number() over (partition by number, type) as place
			  from run_event join run_input using (number)
			), record as (
			  select run, event, row_number() over (partition by run, event order by number) as place from audit_event
			)
			select coalesce(change.event, 'nothing') || ' is recorded as ' || coalesce(record.event, 'nothing')
			from (select * from change where event is not null) change full join record using (run, event, place)""";

	private static final String WAIT = """
			create function wait_for_test() returns trigger language plpgsql as
			$$ begin perform pg_advisory_xact_lock_shared(4711); return null; end $$;
			create trigger wait_for_test after insert on audit_event
			  for each statement execute function wait_for_test()""";

	private static final String WAITING = """
			select pid from pg_locks
			where locktype = 'advisory' and objid = 4711 and not granted
			  and database = (select oid from pg_database where datname = current_database())""";

	/** Longer than the test holds statements up. */
	private static final String PATIENT = "--spring.datasource.hikari.connection-init-sql=set statement_timeout = '60s'";

	private final Simulator simulator = Simulator.start();

	private final JdbcConnectionDetails database = new TestPostgres().newDatabase();

	private final DriverManagerDataSource connections = new DriverManagerDataSource(this.database.getJdbcUrl(),
			String.valueOf(this.database.getUsername()), String.valueOf(this.database.getPassword()));

	private final JdbcClient jdbc = JdbcClient.create(this.connections);

	private final TransactionTemplate transaction = new TransactionTemplate(
			new DataSourceTransactionManager(this.connections));

	@BeforeEach
	void start() {
		this.simulator.imagesOf("web", Ending.stuckIn("BUILDING"));
	}

	@AfterEach
	void close() {
		this.simulator.close();
	}

	@Test
	void changeThatWasStoredThoughNobodyWasToldHasItsRecord() {
		killWithAllKindsOfChangesUnderWay(() -> {
		});
		Awaitility.await().until(this::records, (records) -> records.size() == 5);
		assertThat(records()).containsOnly("run.start is recorded as run.start", "run.cancel is recorded as run.cancel",
				"run.retry is recorded as run.retry");
	}

	@Test
	void changeThatWasNotStoredHasNone() {
		killWithAllKindsOfChangesUnderWay(() -> this.jdbc.sql("""
				select pg_terminate_backend(pid) from (%s) waiting""".formatted(WAITING)).query().listOfRows());
		Awaitility.await().until(() -> this.jdbc.sql(WAITING).query().listOfRows(), List::isEmpty);
		assertThat(records()).containsExactly("run.start is recorded as run.start",
				"run.start is recorded as run.start");
	}

	/** Kills the service while a start, a cancel and a retry wait for their commit. */
	private void killWithAllKindsOfChangesUnderWay(Runnable beforeTheyGoOn) {
		try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint(), PATIENT)) {
			String cancelled = started(service, "cancelled");
			String retried = started(service, "retried");
			this.jdbc.sql("""
					update run set status = 'FAILED', next_attempt_at = null, finished_at = now(), claimed_at = null,
					  claimed_until = null, version = version + 1 where id = cast(:id as uuid)""")
				.param("id", retried.substring(9))
				.update();
			this.jdbc.sql(WAIT).update();
			List<CompletableFuture<?>> asked = new ArrayList<>();
			this.transaction.executeWithoutResult((status) -> {
				JdbcClient.create(this.connections)
					.sql("select true from (select pg_advisory_xact_lock(4711)) held")
					.query(Boolean.class)
					.single();
				asked.add(post(service, "/v1/runs", request("started")));
				asked.add(post(service, cancelled + "/cancel", ""));
				asked.add(post(service, retried + "/retry", ""));
				Awaitility.await()
					.pollInterval(Duration.ofMillis(20))
					.until(() -> this.jdbc.sql(WAITING).query().listOfRows().size() == 3);
				service.kill();
				assertThat(records()).hasSize(2);
				beforeTheyGoOn.run();
			});
			assertThat(asked).allSatisfy((one) -> assertThat(one).failsWithin(Duration.ofSeconds(5)));
		}
	}

	@Test
	void serviceThatIsKilledUnderLoadLeavesNoChangeWithoutARecord() throws InterruptedException {
		AtomicInteger names = new AtomicInteger();
		for (int kills = 1; kills <= 2; kills++) {
			int enough = kills * 150;
			ExecutorService callers = Executors.newFixedThreadPool(8);
			try (ServiceProcess service = ServiceProcess.start(this.database, this.simulator.endpoint())) {
				IntStream.range(0, 8).forEach((i) -> callers.execute(() -> changeUntilKilled(service, names)));
				Awaitility.await()
					.atMost(Duration.ofSeconds(60))
					.pollInterval(Duration.ofMillis(5))
					.until(() -> this.jdbc.sql("select count(*) from audit_event")
						.query(Integer.class)
						.single() > enough);
				service.kill();
			}
			finally {
				callers.shutdownNow();
			}
			Awaitility.await()
				.until(() -> this.jdbc
					.sql("select count(*) from pg_stat_activity where application_name = 'distribute-image' "
							+ "and datname = current_database()")
					.query(Integer.class)
					.single() == 0);
			assertThat(records()).hasSizeGreaterThan(enough).allMatch((record) -> !record.contains("nothing"));
		}
	}

	private static void changeUntilKilled(ServiceProcess service, AtomicInteger names) {
		try {
			while (!Thread.currentThread().isInterrupted()) {
				service.post(started(service, "load-" + names.incrementAndGet()) + "/cancel", "");
			}
		}
		catch (UncheckedIOException | IllegalStateException ex) {
			// The service has been killed.
		}
	}

	private List<String> records() {
		return new ArrayList<>(this.jdbc.sql(CHANGES).query(String.class).list());
	}

	private static String started(ServiceProcess service, String name) {
		return service.post(request(name))
			.headers()
			.firstValue("Location")
			.orElseThrow(() -> new IllegalStateException("Not started"));
	}

	private static CompletableFuture<?> post(ServiceProcess service, String path, String body) {
		return CompletableFuture.supplyAsync(() -> service.post(path, body));
	}

	private static String request(String name) {
		return """
				{ "distributionName": "%s",
				  "distributions": [ { "region": "eu-west-1", "amiDistributionConfiguration": {} } ],
				  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
				  "infrastructureConfigurationArn":
				    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web" }""".formatted(name);
	}

}
