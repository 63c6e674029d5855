package dev.distributeimage.run.queue;

import java.time.Duration;
import java.util.UUID;

import dev.distributeimage.audit.AuditEvent;
import dev.distributeimage.audit.AuditedAction;
import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RetryPlan;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunValues;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@DatabaseTest
@NullUnmarked
class RunRowTests {

	// Every time differs.
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
			  retry_call = 'retryImage', retry_image_token = 't4',
			  stale_end = 'FAILED', stale_end_until = engine_now() + interval '9 s',
			  lost_since = engine_now() + interval '10 s',
			  image_status = 'FAILED', image_reason = 'no', image_digest = 'd', image_weight = 9,
			  image_amis = '[ { "region": "eu-west-1", "accountId": "1", "image": "ami-1", "name": "web" } ]',
			  image_containers = '[ { "region": "eu-west-1", "imageUris": [ "uri" ] } ]',
			  failure = '{ "step": "getImage", "operation": "GetImage", "code": "X", "message": "m", "requestId": "r" }',
			  retries = '[ { "at": "2026-01-01T00:00:00Z", "by": "b", "action": "createImage", "status": "TIMED_OUT",
			    "outputs": { "distributionConfigurationArn": "arn:d", "imageBuildVersionArn": "arn:i", "finalStatus": "FAILED" } } ]'""";

	private final JdbcClient jdbc;

	private final RunQueue queue;

	private final RunStore store;

	private final UUID id;

	RunRowTests(@Autowired JdbcClient jdbc, @Autowired RunQueue queue, @Autowired RunStore store,
			@Autowired RunStarts starts) {
		TestPostgres.empty(jdbc);
		new VirtualTime(jdbc);
		this.jdbc = jdbc;
		this.queue = queue;
		this.store = store;
		this.id = ((StartResult.Started) starts.start(NewRuns.any(), NewRuns.ANYBODY, null)).run().id();
	}

	@Test
	void everyColumnIsRead() {
		this.jdbc.sql(POLLED).update();
		assertThat(claim().run().values()).usingRecursiveAssertion()
			.ignoringFields("image.last.unstored")
			.allFieldsSatisfy((value) -> value != null && !value.equals(0) && !value.equals(false));
		assertThat(claim().run().values().progress().deadline()).isEqualTo(VirtualTime.START.plusSeconds(2));
		assertThat(claim().run().values().calls().unansweredSince()).isEqualTo(VirtualTime.START.plusSeconds(1));
		assertThat(claim().run().values().image().since()).isEqualTo(VirtualTime.START.plusSeconds(4));
		assertThat(claim().run().values().cancel().requestedAt()).isEqualTo(VirtualTime.START.plusSeconds(8));
		assertThat(claim().run().values().image().stale().until()).isEqualTo(VirtualTime.START.plusSeconds(9));
		assertThat(claim().run().values().tokens().lostSince()).isEqualTo(VirtualTime.START.plusSeconds(10));
	}

	@Test
	void everyColumnIsStoredAsItWasRead() {
		this.jdbc.sql(POLLED).update();
		this.jdbc.sql("update run set claimed_at = null, claimed_until = null").update();
		StoredRun before = stored();
		assertThat(this.store.store(before, event(), null)).isTrue();
		assertThat(stored().run().values()).isEqualTo(before.run().values());
		assertThat(stored().version()).isEqualTo(before.version() + 1);
	}

	@Test
	void retryIsStoredAsTheVerbMadeIt() {
		this.jdbc.sql(POLLED).update();
		this.jdbc.sql("""
				update run set status = 'FAILED', final_status = 'FAILED', next_attempt_at = null, claimed_at = null,
				  claimed_until = null, finished_at = engine_now()""").update();
		StoredRun ended = stored();
		ended.run().retried(RetryPlan.of(ended.run()), VirtualTime.START.plusSeconds(99), VirtualTime.START, null);
		assertThat(this.store.store(ended, event(), null)).isTrue();
		RunValues stored = stored().run().values();
		assertThat(stored).isEqualTo(ended.run().values());
		assertThat(this.store.store(ended, event(), null)).as("over a version that has passed").isFalse();
		assertThat(stored.retry().past()).hasSize(2);
	}

	private AuditEvent event() {
		return AuditEvent.changed(AuditedAction.RETRY, NewRuns.ANYBODY, this.id);
	}

	@Test
	void claimOfAPollComesWithoutItsInput() {
		this.jdbc.sql(POLLED).update();
		assertThat(claim().input()).isNull();
	}

	@Test
	void claimOfACreateComesWithItsInput() {
		RunInput input = claim().input();
		JsonNode distributions = NewRuns.any().input().distributions();
		assertThat(input).usingRecursiveAssertion().hasNoNullFields();
		assertThat(input.distributions()).isEqualTo(distributions);
		assertThat(input.imageRecipeArn()).isEqualTo(NewRuns.any().input().imageRecipeArn());
	}

	private Claim claim() {
		this.jdbc.sql("update run set claimed_until = engine_now()").update();
		return this.queue.claim(1, 1, Duration.ofMinutes(1), this.queue.lowWaterMarks()).get(0);
	}

	private StoredRun stored() {
		return this.store.find(this.id).orElseThrow();
	}

}
