package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.UUID;

import dev.distributeimage.run.Failure;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.simulator.Fault;
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

/** Tests runs whose distribution configuration is there already. */
@NullUnmarked
class ReusedConfigurationTests extends VirtualRuns {

	ReusedConfigurationTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, Duration.ofMinutes(2));
	}

	@ParameterizedTest
	@EnumSource(names = { "REUSING_BUILD", "REUSING_SOURCE_IMAGE" })
	void configurationIsReadOnceHoweverOftenTheImageIsRequested(RunKind kind) {
		this.simulator.onNext(5, kind.imageOperation(), Fault.error(429, "TooManyRequestsException"));
		UUID id = this.engine.start(any(kind));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.count(kind.imageOperation())).isEqualTo(6);
		assertThat(this.simulator.count(Operation.GET_DISTRIBUTION_CONFIGURATION)).isOne();
	}

	@Test
	void runHasItsConfigurationFromTheStartAndCreatesNone() {
		String existing = existing("shared");
		UUID id = this.engine.start(RunKind.REUSING_BUILD.like(NewRuns.any(), existing));
		assertThat(this.engine.run(id).distributionConfigurationArn()).isEqualTo(existing);
		this.engine.runToTheEnd();
		assertThat(this.simulator.distributionConfigurations()).isOne();
		assertThat(this.simulator.images().get(0).distributionConfigurationArn()).isEqualTo(existing);
	}

	@Test
	void itsDistributionsAreThoseOfTheRun() {
		UUID id = this.engine.start(any(RunKind.REUSING_BUILD));
		this.engine.tick();
		assertThat(distributions(id)).contains("eu-central-1");
		assertThat(this.engine.jdbc()
			.sql("select count(*) from run_term where term = 'region=eu-central-1'")
			.query(Integer.class)
			.single()).isOne();
	}

	@ParameterizedTest
	@CsvSource({ "403, AccessDeniedException", "404, ResourceNotFoundException" })
	void runGoesOnWithoutDistributionsIfTheyAreNotShown(int status, String code) {
		this.simulator.always(Operation.GET_DISTRIBUTION_CONFIGURATION, Fault.error(status, code));
		this.simulator.onNext(2, Operation.CREATE_IMAGE, Fault.error(429, "TooManyRequestsException"));
		UUID id = this.engine.start(any(RunKind.REUSING_BUILD));
		this.engine.tick();
		assertThat(this.engine.run(id).attempts()).isOne();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(distributions(id)).isNull();
		assertThat(this.engine.eventsOf(id).stream().filter("CALL_FAILED createImage"::equals)).hasSize(3);
		assertThat(this.simulator.count(Operation.GET_DISTRIBUTION_CONFIGURATION)).isOne();
	}

	@Test
	void configurationThatCannotBeReadNowIsReadLaterAndLeavesNoDoubt() {
		this.simulator.onNext(Operation.GET_DISTRIBUTION_CONFIGURATION,
				Fault.error(503, "ServiceUnavailableException"));
		UUID id = this.engine.start(any(RunKind.REUSING_BUILD));
		this.engine.tick();
		Stored run = this.engine.run(id);
		assertThat(run.attempts()).isOne();
		assertThat(run.failure()).extracting(Failure::operation).isEqualTo("GetDistributionConfiguration");
		assertThat(run.unansweredSince()).isNull();
		assertThat(this.simulator.count(Operation.CREATE_IMAGE)).isZero();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(distributions(id)).contains("eu-central-1");
	}

	@Test
	void runThatIsCancelledAfterAFailedReadHasBuiltNothing() {
		this.simulator.always(Operation.GET_DISTRIBUTION_CONFIGURATION, Fault.reset());
		UUID id = this.engine.start(any(RunKind.REUSING_SOURCE_IMAGE));
		this.engine.tick();
		this.engine.cancel(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.simulator.count(Operation.DISTRIBUTE_IMAGE)).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "{}", "{ \"distributions\": [ null, {}, { \"region\": \"eu-west-1\\u0000\" } ] }" })
	void oddConfigurationHoldsUpNoRun(String shown) {
		this.simulator.always(Operation.GET_DISTRIBUTION_CONFIGURATION,
				Fault.body("{ \"distributionConfiguration\": %s }".formatted(shown)));
		UUID id = this.engine.start(any(RunKind.REUSING_BUILD));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.engine.run(id).failedCalls()).isZero();
	}

	@ParameterizedTest
	@EnumSource(names = { "REUSING_BUILD", "REUSING_SOURCE_IMAGE" })
	void runWhoseConfigurationIsGoneFailsAtTheImage(RunKind kind) {
		UUID id = this.engine.start(kind.like(NewRuns.any(), Configurations.arn("gone")));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.FAILED);
		assertThat(this.engine.run(id).step()).isEqualTo(kind.imageStep());
		assertThat(this.simulator.builds()).isZero();
	}

	@Test
	void retryBeginsAtTheImageAndReadsNothingAgain() {
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "ClientException"));
		UUID id = this.engine.start(any(RunKind.REUSING_BUILD));
		this.engine.runToTheEnd();
		this.engine.retry(id);
		assertThat(this.engine.run(id).step()).isEqualTo(StepId.CREATE_IMAGE);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.count(Operation.GET_DISTRIBUTION_CONFIGURATION)).isOne();
	}

	private String distributions(UUID id) {
		return this.engine.run(id).shown().effectiveDistributions();
	}

}
