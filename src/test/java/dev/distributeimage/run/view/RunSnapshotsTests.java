package dev.distributeimage.run.view;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.Outputs;
import dev.distributeimage.run.PastAttempt;
import dev.distributeimage.run.RetryAction;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@DatabaseTest
class RunSnapshotsTests {

	private static final String EVERYTHING = """
			update run
			set status = 'FAILED', step = 'getImage', distribution_configuration_arn = 'arn:d', image_build_version_arn = 'arn:i',
			  final_status = 'FAILED', attempts = 3, next_attempt_at = null, finished_at = engine_now(), last_event = 7,
			  cancel_requested_at = engine_now(), cancel_token = 't',
			  image_status = 'FAILED', image_reason = 'no',
			  image_amis = '[ { "region": "eu-west-1", "accountId": "1", "image": "ami-1", "name": "web", "status": "FAILED", "reason": "full" } ]',
			  image_failure_context = '{ "imageStatus": "DISTRIBUTING" }', image_weight = 9,
			  failure = '{ "step": "getImage", "operation": "GetImage", "code": "X", "message": "m", "requestId": "r" }',
			  retries = '[ { "at": "2026-01-01T00:00:00Z", "by": null, "action": "createImage", "status": "FAILED",
			    "outputs": { "distributionConfigurationArn": "arn:d" } } ]'""";

	private final JdbcClient jdbc;

	private final RunSnapshots runs;

	private final RunSnapshot started;

	RunSnapshotsTests(@Autowired JdbcClient jdbc, @Autowired RunSnapshots runs, @Autowired RunStarts starts) {
		TestPostgres.empty(jdbc);
		new VirtualTime(jdbc);
		this.jdbc = jdbc;
		this.runs = runs;
		NewRun any = NewRuns.builder().labels(Map.of("team", "a")).build();
		this.started = ((StartResult.Started) starts.start(any, NewRuns.ANYBODY, null)).run();
	}

	@Test
	void newRunIsReadAsItWasStarted() {
		assertThat(read()).usingRecursiveComparison().isEqualTo(this.started);
		assertThat(read().nextAttemptAt()).isEqualTo(VirtualTime.START);
		assertThat(read().image()).isNull();
		assertThat(read().progress()).isEqualTo(new RunProgress(this.started.id(), RunStatus.RUNNING,
				StepId.CREATE_DISTRIBUTION_CONFIGURATION, null, 2));
	}

	@Test
	void claimedRunHasNoTimeOfItsNextAttempt() {
		this.jdbc.sql("update run set claimed_at = engine_now(), claimed_until = engine_now()").update();
		assertThat(read().nextAttemptAt()).isNull();
	}

	@Test
	void everythingIsRead() {
		this.jdbc.sql(EVERYTHING).update();
		this.jdbc.sql("update run_input set created_by = 'me'").update();
		RunSnapshot run = read();
		assertThat(run.progress())
			.isEqualTo(new RunProgress(this.started.id(), RunStatus.FAILED, StepId.GET_IMAGE, "FAILED", 7));
		assertThat(run.outputs()).isEqualTo(new Outputs("arn:d", "arn:i", "FAILED"));
		assertThat(run.image()).isEqualTo(
				new Image("FAILED", "no", JsonNodeFactory.instance.objectNode().put("imageStatus", "DISTRIBUTING"),
						List.of(new Ami("eu-west-1", "1", "ami-1", "web", "FAILED", "full")), List.of()));
		assertThat(run.failure()).isEqualTo(new Failure(StepId.GET_IMAGE, "GetImage", "X", "m", "r"));
		assertThat(run.retries()).containsExactly(new PastAttempt(Instant.parse("2026-01-01T00:00:00Z"), null,
				RetryAction.CREATE_IMAGE, new Outputs("arn:d", null, null), RunStatus.FAILED));
		assertThat(run.attempts()).isEqualTo(3);
		assertThat(run.createdBy()).isEqualTo("me");
		assertThat(List.of(Objects.requireNonNull(run.cancelRequestedAt()), Objects.requireNonNull(run.finishedAt()),
				run.readAt()))
			.containsOnly(VirtualTime.START);
	}

	@Test
	void readAtIsTheMomentOfTheRead() {
		new VirtualTime(this.jdbc).pass(Duration.ofSeconds(7));
		assertThat(read().readAt()).isEqualTo(VirtualTime.START.plusSeconds(7));
	}

	@Test
	void runsThatExistAreFoundAmongOthers() {
		UUID[] ids = { this.started.id(), UUID.randomUUID() };
		assertThat(this.runs.findById(ids[1])).isEmpty();
		assertThat(this.runs.findByIds(ids)).extracting(RunSnapshot::id).containsExactly(ids[0]);
		assertThat(this.runs.findByNumbers(new Long[] { this.started.number(), 0L })).extracting(RunSnapshot::id)
			.containsExactly(ids[0]);
		assertThat(this.runs.progress(ids)).containsExactly(this.started.progress());
	}

	@Test
	void holderOfANameIsCertainOnceItsCreateIsSent(@Autowired NameHolders names) {
		String arn = this.jdbc.sql("select distribution_configuration_arn_expected from run_input")
			.query(String.class)
			.single();
		assertThat(names.findOther(arn, this.started.id())).isEmpty();
		UUID other = UUID.randomUUID();
		assertThat(names.findOther(arn, other)).isEmpty();
		this.jdbc.sql("update run set claimed_at = engine_now()").update();
		assertThat(names.findOther(arn, other)).contains(new NameHolder(this.started.id(), false, false));
		this.jdbc.sql("update run set claimed_at = null, unanswered_since = engine_now()").update();
		assertThat(names.findOther(arn, other)).contains(new NameHolder(this.started.id(), true, false));
	}

	@Test
	void holderOfANameIsOfAnotherOwnerThanTheRunHas(@Autowired NameHolders names, @Autowired RunStarts starts) {
		UUID other = ((StartResult.Started) starts.start(NewRuns.any(), NewRuns.ANYBODY, null)).run().id();
		this.jdbc.sql("update run_input set owner = cast(run_id as text)").update();
		this.jdbc.sql("update run set claimed_at = engine_now()").update();
		String arn = this.jdbc.sql("select distribution_configuration_arn_expected from run_input where run_id = :id")
			.param("id", this.started.id())
			.query(String.class)
			.single();
		assertThat(names.findOther(arn, other)).contains(new NameHolder(this.started.id(), false, true));
		this.jdbc.sql("update run_input set owner = null where run_id <> :id").param("id", other).update();
		assertThat(names.findOther(arn, other)).contains(new NameHolder(this.started.id(), false, true));
		this.jdbc.sql("update run_input set owner = cast(run_id as text)").update();
		this.jdbc.sql("update run_input set owner = null where run_id = :id").param("id", other).update();
		assertThat(names.findOther(arn, other)).contains(new NameHolder(this.started.id(), false, false));
	}

	private RunSnapshot read() {
		return this.runs.findById(this.started.id()).orElseThrow();
	}

}
