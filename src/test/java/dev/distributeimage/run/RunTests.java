package dev.distributeimage.run;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.VirtualTime;
import jakarta.persistence.Transient;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.RunQueue;
import dev.distributeimage.run.view.Runs;
import dev.distributeimage.run.view.StoredRun;

/** A run has two ways out of the database: Hibernate's, and that of the claims. */
@DatabaseTest
@NullUnmarked
class RunTests {

	// Every time is another one.
	private static final String POLLED = """
			update run
			set step = 'getImage', version = 3, distribution_configuration_arn = 'arn:d', image_build_version_arn = 'arn:i',
			  create_distribution_configuration_token = 't1', create_image_token = 't2', attempts = 4, failed_calls = 5,
			  missing_polls = 1, last_event = 7, final_status = 'CANCELLED', build_finished = true,
			  unanswered_since = engine_now() + interval '1 s', deadline = engine_now() + interval '2 s',
			  claimed_at = engine_now() - interval '3 s', claimed_until = engine_now(),
			  image_status_since = engine_now() + interval '4 s', updated_at = engine_now() + interval '5 s',
			  created_at = engine_now() + interval '6 s', next_attempt_at = engine_now() - interval '7 s',
			  cancel_requested_at = engine_now() + interval '8 s', cancel_token = 't3', cancel_answered = true,
			  image_request = 'retryImage', retry_image_token = 't4',
			  stale_end = 'FAILED', stale_end_until = engine_now() + interval '9 s',
			  image_status = 'FAILED', image_reason = 'no',
			  image_amis = '[ { "region": "eu-west-1", "accountId": "1", "image": "ami-1", "name": "web" } ]',
			  image_containers = '[ { "region": "eu-west-1", "imageUris": [ "uri" ] } ]',
			  failure = '{ "step": "getImage", "operation": "GetImage", "code": "X", "message": "m", "requestId": null }',
			  retries = '[ { "at": "2026-01-01T00:00:00Z", "by": null, "action": "createImage", "status": "TIMED_OUT",
			    "outputs": { "distributionConfigurationArn": "arn:d" } } ]'""";

	private static final String ENDED = """
			update run set status = 'FAILED', next_attempt_at = null, claimed_at = null, finished_at = engine_now()""";

	private final JdbcClient jdbc;

	private final JsonMapper json;

	private final Runs runs;

	private final RunQueue queue;

	private final UUID id;

	RunTests(@Autowired JdbcClient jdbc, @Autowired JsonMapper json, @Autowired Runs runs, @Autowired RunQueue queue,
			@Autowired RunStarts intake) {
		jdbc.sql("truncate run, run_input, run_event, run_term").update();
		new VirtualTime(jdbc);
		this.jdbc = jdbc;
		this.json = json;
		this.runs = runs;
		this.queue = queue;
		this.id = ((StartResult.Accepted) intake.take(NewRuns.any())).run().run().id();
	}

	@Test
	void everyColumnIsReadAsHibernateReadsIt() {
		assertThat(read()).usingRecursiveComparison().isEqualTo(stored().run());
		this.jdbc.sql(POLLED).update();
		Run polled = stored().run();
		assertThat(read()).usingRecursiveComparison().isEqualTo(polled);
		this.jdbc.sql(ENDED).update();
		Run ended = stored().run();
		assertThat(read()).usingRecursiveComparison().isEqualTo(ended);
		assertThat(columns()).as("has a value here")
			.allMatch((column) -> hasValue(polled, column) || hasValue(ended, column));
	}

	@Test
	void claimOfAPollIsTheRunAsStored() {
		this.jdbc.sql(POLLED).update();
		Claim claim = claim();
		assertThat(claim.run()).usingRecursiveComparison().isEqualTo(stored().run());
		assertThat(claim.input()).isNull();
	}

	@Test
	void claimOfACreateIsTheRunAndItsInputAsStored() {
		this.jdbc.sql("update run_input set created_by = 'me', created_at = created_at - interval '1 s'").update();
		Claim claim = claim();
		assertThat(claim.run()).usingRecursiveComparison().isEqualTo(stored().run());
		assertThat(claim.input()).usingRecursiveComparison().isEqualTo(stored().input());
	}

	private Claim claim() {
		return this.queue.claim(1, 1, Duration.ofMinutes(1), this.queue.fronts(List.of(), RunQueue.ALWAYS)).get(0);
	}

	private Run read() {
		return this.jdbc.sql("select " + Run.COLUMNS + " from run")
			.query((row, number) -> Run.of(row, this.json))
			.single();
	}

	private StoredRun stored() {
		return this.runs.findStored(this.id).orElseThrow();
	}

	private static List<String> columns() {
		return Arrays.stream(Run.class.getDeclaredFields())
			.filter((field) -> !Modifier.isStatic(field.getModifiers()) && !field.isAnnotationPresent(Transient.class))
			.map(Field::getName)
			.toList();
	}

	private static boolean hasValue(Run run, String column) {
		return !Objects.equals(ReflectionTestUtils.getField(run, column),
				ReflectionTestUtils.getField(new Run(), column));
	}

}
