package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.List;
import java.util.UUID;

import dev.distributeimage.retention.Removals;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RetryAction;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.intake.RetryResult;
import dev.distributeimage.run.queue.CleanupSettings;
import dev.distributeimage.run.queue.CleanupSettings.Removes;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.MadeAmis;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what runs leave, and its removal. */
@NullUnmarked
class RemovalTests extends VirtualRuns {

	private static final Duration LATE = Duration.ofMinutes(6);

	private final BeanFactory beans;

	RemovalTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, Duration.ofMinutes(2));
		this.beans = beans;
	}

	@Test
	void configurationIsRemovedOnceAndTheHistorySaysSo() {
		UUID id = refusedRun(NewRuns.any());
		UUID leftover = leftoverOf(id);
		this.engine.remove(leftover);
		this.engine.remove(leftover);
		assertThat(this.engine.removeWhatIsDue()).isOne();
		assertThat(this.simulator.distributionConfigurations()).isZero();
		assertThat(this.simulator.count(Operation.DELETE_DISTRIBUTION_CONFIGURATION)).isOne();
		assertThat(this.engine.eventsOf(id)).endsWith("ENDED createImage", "REMOVAL_REQUESTED createImage",
				"CONFIGURATION_REMOVED createImage");
		assertThat(this.engine.run(id).lastEvent()).isEqualTo(this.engine.eventsOf(id).size());
		assertThat(open()).isEmpty();
	}

	@Test
	void configurationThatIsNotFoundIsRemoved() {
		UUID id = refusedRun(NewRuns.any());
		deleteByHand(id);
		removed(id);
		assertThat(this.engine.eventsOf(id)).endsWith("CONFIGURATION_REMOVED createImage");
		assertThat(this.simulator.count(Operation.DELETE_DISTRIBUTION_CONFIGURATION)).isOne();
	}

	@Test
	void runIsKeptUntilItsRemovalHasEnded(@Autowired JdbcClient jdbc) {
		Removals retention = new Removals(jdbc);
		this.engine.remove(leftoverOf(refusedRun(NewRuns.any())));
		this.time.pass(Removals.KEEP.plusSeconds(1));
		assertThat(retention.look()).isZero();
		assertThat(this.engine.removeWhatIsDue()).isOne();
		assertThat(retention.look()).isOne();
		assertThat(jdbc.sql("select count(*) from leftover").query(Integer.class).single()).isZero();
		assertThat(this.simulator.distributionConfigurations()).isZero();
	}

	@Test
	void configurationInUseIsTriedAgainLessAndLessOften() {
		UUID id = refusedRun(NewRuns.any());
		this.simulator.onNext(9, Operation.DELETE_DISTRIBUTION_CONFIGURATION,
				Fault.error(400, "ResourceDependencyException"));
		this.engine.remove(leftoverOf(id));
		this.engine.removing().runToTheEnd();
		assertThat(this.simulator.distributionConfigurations()).isZero();
		List<Duration> waits = distances(Operation.DELETE_DISTRIBUTION_CONFIGURATION);
		assertThat(waits).hasSize(9).allMatch((wait) -> wait.compareTo(Duration.ofHours(1)) <= 0);
		assertThat(waits.get(8)).isGreaterThan(Duration.ofMinutes(47));
	}

	@Test
	void throttledRemovalIsTriedAgain() {
		UUID id = refusedRun(NewRuns.any());
		this.simulator.onNext(3, Operation.DELETE_DISTRIBUTION_CONFIGURATION,
				Fault.error(429, "TooManyRequestsException"));
		this.engine.remove(leftoverOf(id));
		this.engine.removing().runToTheEnd();
		assertThat(this.simulator.distributionConfigurations()).isZero();
	}

	@Test
	void removalThatAwsForbidsIsGivenUpAndMayBeRequestedAgain() {
		UUID id = refusedRun(NewRuns.any());
		this.simulator.onNext(Operation.DELETE_DISTRIBUTION_CONFIGURATION, Fault.error(403, "AccessDeniedException"));
		removed(id);
		assertThat(this.engine.eventsOf(id)).endsWith("REMOVAL_GIVEN_UP createImage");
		assertThat(open()).containsExactly(id);
		assertThat(this.engine.planOfRetry(id).action()).isEqualTo(RetryAction.CREATE_IMAGE);
		removed(id);
		assertThat(this.simulator.distributionConfigurations()).isZero();
	}

	@Test
	void configurationThatSomebodyHasMadeAnewStays() {
		UUID id = refusedRun(NewRuns.named("taken-over"));
		deleteByHand(id);
		existing("taken-over");
		removed(id);
		assertThat(this.simulator.distributionConfigurations()).isOne();
		assertThat(this.engine.eventsOf(id)).endsWith("REMOVAL_GIVEN_UP createImage");
	}

	@Test
	void runThatNamedAnothersConfigurationLeavesNone() {
		existing("anothers");
		UUID id = this.engine.start(NewRuns.named("anothers"));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.FAILED);
		assertThat(open()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource(names = { "REUSING_BUILD", "REUSING_SOURCE_IMAGE" })
	void runThatFailedWithAReusedConfigurationLeavesNone(RunKind kind) {
		this.simulator.onNext(kind.imageOperation(), Fault.error(400, "ClientException"));
		UUID id = this.engine.start(any(kind));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.FAILED);
		assertThat(open()).isEmpty();
	}

	@Test
	void configurationThatAnotherRunReusedStaysHoweverThatEnded() {
		UUID id = refusedRun(NewRuns.any());
		UUID leftover = leftoverOf(id);
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "ClientException"));
		this.engine.remove(leftover);
		this.engine.start(RunKind.REUSING_BUILD.like(NewRuns.any(), arn(id)));
		this.engine.runToTheEnd();
		this.engine.removeWhatIsDue();
		assertThat(this.simulator.distributionConfigurations()).isOne();
		assertThat(this.engine.eventsOf(id)).endsWith("REMOVAL_GIVEN_UP createImage");
		assertThat(this.beans.getBean(dev.distributeimage.run.view.Leftovers.class).find(leftover)).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "another", "" })
	void runOfAnotherOwnerThatUsesTheConfigurationIsNotNamed(String owner, @Autowired JdbcClient jdbc) {
		UUID id = refusedRun(NewRuns.any());
		this.engine.remove(leftoverOf(id));
		UUID other = this.engine.start(RunKind.REUSING_BUILD.like(NewRuns.any(), arn(id)));
		jdbc.sql("update run_input set owner = case when run_id = :id then 'web' else nullif(:owner, '') end")
			.param("id", id)
			.param("owner", owner)
			.update();
		this.engine.runToTheEnd();
		this.engine.removeWhatIsDue();
		assertThat(jdbc.sql("select cast(detail as text) from run_event where type = 'REMOVAL_GIVEN_UP'")
			.query(String.class)
			.single()).contains("A run of another owner uses it.").doesNotContain(other.toString());
	}

	@Test
	void removalWaitsForARunThatMayUseTheName() {
		UUID id = refusedRun(NewRuns.named("shared"));
		this.engine.remove(leftoverOf(id));
		UUID other = this.engine.start(NewRuns.named("shared"));
		assertThat(this.engine.removeWhatIsDue()).isOne();
		assertThat(this.simulator.count(Operation.DELETE_DISTRIBUTION_CONFIGURATION)).isZero();
		this.engine.removing().runToTheEnd();
		assertThat(this.engine.run(other).status()).isEqualTo(RunStatus.FAILED);
		assertThat(this.simulator.distributionConfigurations()).isZero();
	}

	/** The worker dies with its delete sent, which arrives when another run has come. */
	@Test
	void nameIsNotUsedAgainWhileADeleteMayArriveLate() {
		UUID id = refusedRun(NewRuns.named("late"));
		this.simulator.onNext(Operation.DELETE_DISTRIBUTION_CONFIGURATION, Fault.reset().afterCommit());
		removed(id);
		UUID other = this.engine.start(NewRuns.named("late"));
		this.engine.removing().runFor(LATE.minusSeconds(10));
		assertThat(this.engine.run(other).step()).isEqualTo(StepId.CREATE_DISTRIBUTION_CONFIGURATION);
		assertThat(this.simulator.distributionConfigurations()).isZero();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(other).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.distributionConfigurations()).isOne();
		assertThat(this.engine.eventsOf(id)).endsWith("CONFIGURATION_REMOVED createImage");
		assertThat(this.simulator.count(Operation.DELETE_DISTRIBUTION_CONFIGURATION)).isOne();
	}

	@Test
	void retryIsRefusedWhileADeleteMayArriveLate() {
		UUID id = refusedRun(NewRuns.any());
		this.simulator.onNext(Operation.DELETE_DISTRIBUTION_CONFIGURATION, Fault.reset());
		removed(id);
		assertThat(this.engine.retry(id)).isInstanceOf(RetryResult.RemovalUnderWay.class);
		this.engine.removing().runFor(LATE.plusMinutes(1));
		assertThat(this.simulator.distributionConfigurations()).isZero();
		assertThat(this.engine.retry(id)).isInstanceOf(RetryResult.Retried.class);
	}

	@Test
	void retryWithdrawsARequestThatHasNotBegun() {
		UUID id = refusedRun(NewRuns.any());
		this.engine.remove(leftoverOf(id));
		this.engine.retry(id);
		assertThat(this.engine.removeWhatIsDue()).isZero();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.distributionConfigurations()).isOne();
		assertThat(open()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "true, SUCCEEDED", "false, FAILED" })
	void retryAfterARemovalMakesAConfigurationWithANewToken(boolean recovers, RunStatus end) {
		UUID id = refusedRun(NewRuns.withToken("first"));
		removed(id);
		assertThat(this.engine.planOfRetry(id).action()).isEqualTo(RetryAction.CREATE_DISTRIBUTION_CONFIGURATION);
		if (!recovers) {
			this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "ClientException"));
		}
		this.engine.retry(id);
		assertThat(this.engine.run(id).distributionConfigurationArn()).isNull();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(end);
		assertThat(this.simulator.distributionConfigurations()).isOne();
		assertThat(this.simulator.requests(Operation.CREATE_DISTRIBUTION_CONFIGURATION)
			.stream()
			.map((request) -> request.parameter("clientToken"))).doesNotHaveDuplicates().hasSize(2);
		assertThat(open()).hasSize(recovers ? 0 : 1);
	}

	@Test
	void nameOfARemovedConfigurationIsFree() {
		UUID id = refusedRun(NewRuns.named("free"));
		removed(id);
		UUID other = this.engine.start(NewRuns.named("free"));
		assertThat(this.engine.run(other).shown().warnings()).isEmpty();
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.reset().afterCommit());
		this.engine.tick();
		this.simulator.forgetTokens();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(other).status()).isEqualTo(RunStatus.SUCCEEDED);
	}

	@Test
	void imagesThatAreBuiltElsewhereKeepTheirConfiguration() {
		this.simulator.nextImage(Ending.stuckIn("BUILDING"));
		this.engine.start(NewRuns.withDeadline(Duration.ofMinutes(10)));
		this.engine.runToTheEnd();
		assertThat(open()).isEmpty();
	}

	@Test
	void amisOfAFailedImageAreLeftAndThoseOfAnImageThatWasGivenUpStay() {
		this.simulator.nextImage(Ending.failedAt("BUILDING", "no").making(MadeAmis.ALL));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(left("ami", "image-failed")).isPositive();
		assertThat(left("distribution-configuration", "image-failed")).isOne();
		int amis = left("ami", "image-failed");
		this.engine.retry(id);
		assertThat(left("ami", "image-failed")).isZero();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(left("ami", "superseded")).isEqualTo(amis);
		assertThat(open()).hasSize(amis);
	}

	@Test
	void cancelledRunLeavesItsConfiguration() {
		this.simulator.nextImage(Ending.available().by("CREATING", "BUILDING"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.engine.cancel(id);
		this.engine.runToTheEnd();
		assertThat(left("distribution-configuration", "run-cancelled")).isOne();
	}

	@Test
	void nothingIsRemovedWithoutARequest() {
		refusedRun(NewRuns.any());
		this.time.pass(Duration.ofDays(30));
		this.engine.cleanUp();
		assertThat(this.engine.removeWhatIsDue()).isZero();
	}

	@Test
	void failuresAreRemovedAfterADayAndSuccessesNot() {
		Engine cleaning = cleaning(Removes.ON_FAILURE, 10);
		cleaning.start(NewRuns.any());
		cleaning.runToTheEnd();
		UUID id = refusedRun(cleaning, NewRuns.any());
		this.time.pass(Duration.ofHours(23));
		cleaning.cleanUp();
		assertThat(cleaning.removeWhatIsDue()).isZero();
		this.time.pass(Duration.ofHours(2));
		cleaning.cleanUp();
		assertThat(cleaning.removeWhatIsDue()).isOne();
		assertThat(this.simulator.distributionConfigurations()).isOne();
		assertThat(cleaning.eventsOf(id)).endsWith("CONFIGURATION_REMOVED createImage");
	}

	@Test
	void configurationsOfSuccessesAreRemovedAtOnceWhereTheSettingsSaySo() {
		Engine cleaning = cleaning(Removes.ALWAYS, 10);
		UUID id = cleaning.start(NewRuns.any());
		cleaning.runToTheEnd();
		cleaning.cleanUp();
		assertThat(cleaning.removeWhatIsDue()).isOne();
		assertThat(this.simulator.distributionConfigurations()).isZero();
		assertThat(cleaning.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
	}

	@Test
	void configurationsOfSuccessesStayOnceTheSettingIsTakenBack() {
		Engine cleaning = cleaning(Removes.ALWAYS, 10);
		cleaning.start(NewRuns.any());
		cleaning.runToTheEnd();
		cleaning.cleanUp();
		assertThat(this.engine.removeWhatIsDue()).isOne();
		assertThat(this.simulator.distributionConfigurations()).isOne();
		assertThat(this.simulator.count(Operation.DELETE_DISTRIBUTION_CONFIGURATION)).isZero();
	}

	@Test
	void noMoreThanSomeAreRemovedInAnHour() {
		Engine cleaning = cleaning(Removes.ALWAYS, 2);
		for (int i = 0; i < 5; i++) {
			cleaning.start(NewRuns.any());
		}
		cleaning.runToTheEnd();
		for (int left : new int[] { 3, 3, 1, 0 }) {
			cleaning.cleanUp();
			cleaning.removeWhatIsDue();
			assertThat(this.simulator.distributionConfigurations()).isEqualTo(left);
			this.time.pass(Duration.ofMinutes(left == 3 ? 31 : 61));
		}
	}

	@Test
	void removalsThatAreGivenUpCountForTheHour() {
		Engine cleaning = cleaning(Removes.ALWAYS, 2);
		for (int i = 0; i < 5; i++) {
			cleaning.start(NewRuns.any());
		}
		cleaning.runToTheEnd();
		this.simulator.always(Operation.DELETE_DISTRIBUTION_CONFIGURATION, Fault.error(403, "AccessDeniedException"));
		for (int refused : new int[] { 2, 2, 4, 4, 5 }) {
			cleaning.cleanUp();
			cleaning.removeWhatIsDue();
			assertThat(this.simulator.count(Operation.DELETE_DISTRIBUTION_CONFIGURATION)).isEqualTo(refused);
			this.time.pass(Duration.ofMinutes(31));
		}
	}

	@Test
	void runWhoseImageARestoreMayHaveLostNeedsItsConfiguration() {
		this.simulator.always(Operation.CREATE_IMAGE, Fault.error(429, "Throttling"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.engine.jdbc().sql("update run set lost_since = engine_now()").update();
		this.simulator.clearFaults();
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "InvalidParameterException"));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.FAILED);
		assertThat(open()).isEmpty();
	}

	@Test
	void automaticRemovalThatWasGivenUpIsNotRepeated() {
		Engine cleaning = cleaning(Removes.ALWAYS, 10);
		cleaning.start(NewRuns.any());
		cleaning.runToTheEnd();
		this.simulator.onNext(Operation.DELETE_DISTRIBUTION_CONFIGURATION, Fault.error(403, "AccessDeniedException"));
		for (int i = 0; i < 3; i++) {
			cleaning.cleanUp();
			cleaning.removeWhatIsDue();
			this.time.pass(Duration.ofHours(2));
		}
		assertThat(this.simulator.count(Operation.DELETE_DISTRIBUTION_CONFIGURATION)).isOne();
	}

	private Engine cleaning(Removes removes, int perHour) {
		return new Engine(this.beans, this.time, this.imageBuilder, 42,
				new CleanupSettings(removes, Duration.ofHours(24), perHour));
	}

	/** Returns a run that has failed because AWS refused its image. */
	private UUID refusedRun(NewRun asked) {
		return refusedRun(this.engine, asked);
	}

	private UUID refusedRun(Engine engine, NewRun asked) {
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "ClientException"));
		UUID id = engine.start(asked);
		engine.runToTheEnd();
		assertThat(engine.run(id).status()).isEqualTo(RunStatus.FAILED);
		return id;
	}

	private void removed(UUID run) {
		this.engine.remove(leftoverOf(run));
		this.engine.removeWhatIsDue();
	}

	private void deleteByHand(UUID run) {
		this.imageBuilder.deleteDistributionConfiguration(run, arn(run));
	}

	private String arn(UUID run) {
		return this.engine.run(run).distributionConfigurationArn();
	}

	private UUID leftoverOf(UUID run) {
		return this.engine.jdbc()
			.sql("select id from leftover where run_id = :run and closed_at is null and kind = 'distribution-configuration'")
			.param("run", run)
			.query(UUID.class)
			.single();
	}

	private int left(String kind, String reason) {
		return this.engine.jdbc()
			.sql("""
					select count(*) from leftover
					where closed_at is null and kind = cast(:kind as leftover_kind) and reason = cast(:reason as leftover_reason)""")
			.param("kind", kind)
			.param("reason", reason)
			.query(Integer.class)
			.single();
	}

	/** The runs of all that is left. */
	private List<UUID> open() {
		return this.engine.jdbc().sql("select run_id from leftover where closed_at is null").query(UUID.class).list();
	}

}
