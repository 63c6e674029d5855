package dev.distributeimage.run.view;

import java.util.List;
import java.util.UUID;

import dev.distributeimage.DatabaseTest;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;

@DatabaseTest
class RunSnapshotsTests {

	private static final String EVERYTHING = """
			update run
			set status = 'FAILED', step = 'getImage', distribution_configuration_arn = 'arn:d', image_build_version_arn = 'arn:i',
			  final_status = 'FAILED', attempts = 3, next_attempt_at = null, finished_at = engine_now(), last_event = 7,
			  cancel_requested_at = engine_now(), cancel_token = 't',
			  image_status = 'FAILED', image_reason = 'no',
			  image_amis = '[ { "region": "eu-west-1", "accountId": "1", "image": "ami-1", "name": "web" } ]',
			  failure = '{ "step": "getImage", "operation": "GetImage", "code": "X", "message": "m", "requestId": "r" }',
			  retries = '[ { "at": "2026-01-01T00:00:00Z", "by": null, "action": "createImage", "status": "FAILED",
			    "outputs": { "distributionConfigurationArn": "arn:d" } } ]'""";

	private final JdbcClient jdbc;

	private final Runs runs;

	private final RunSnapshots seenRuns;

	private final UUID id;

	RunSnapshotsTests(@Autowired JdbcClient jdbc, @Autowired Runs runs, @Autowired RunSnapshots seenRuns,
			@Autowired RunStarts intake) {
		jdbc.sql("truncate run, run_input, run_event, run_term").update();
		this.jdbc = jdbc;
		this.runs = runs;
		this.seenRuns = seenRuns;
		this.id = ((StartResult.Accepted) intake.take(NewRuns.any())).run().run().id();
	}

	@Test
	void newRunIsSeenAsItIsStored() {
		assertSeenAsStored();
	}

	@Test
	void claimedRunIsSeenAsItIsStored() {
		this.jdbc.sql("update run set claimed_at = engine_now(), claimed_until = engine_now()").update();
		assertSeenAsStored();
	}

	@Test
	void runOfWhichEverythingIsKnownIsSeenAsItIsStored() {
		this.jdbc.sql(EVERYTHING).update();
		assertSeenAsStored();
	}

	@Test
	void runThatIsNotThereIsNotSeen() {
		assertThat(this.seenRuns.find(UUID.randomUUID())).isEmpty();
		assertThat(this.seenRuns.all(List.of(this.id, UUID.randomUUID()))).hasSize(1);
	}

	private void assertSeenAsStored() {
		assertThat(this.seenRuns.find(this.id).orElseThrow()).usingRecursiveComparison()
			.ignoringFields("times.readAt")
			.isEqualTo(RunSnapshot.of(this.runs.findStored(this.id).orElseThrow()));
	}

}
