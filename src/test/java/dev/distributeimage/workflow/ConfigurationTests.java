package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.UUID;

import dev.distributeimage.VirtualTime;
import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the creation of a distribution configuration, and whose it is if its name is
 * taken.
 */
@NullUnmarked
class ConfigurationTests extends VirtualRuns {

	ConfigurationTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, Duration.ofMinutes(2));
	}

	@Test
	void createThatWasCarriedOutUnansweredIsRepeatedWithItsToken() {
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION,
				Fault.error(500, "ServiceException").afterCommit());
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.reset().afterCommit());
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.empty());
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		assertThat(this.engine.run(id).unansweredSince()).isEqualTo(VirtualTime.START);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.engine.run(id).unansweredSince()).isNull();
		assertThat(this.simulator.distributionConfigurations()).isOne();
	}

	@Test
	void nameThatIsTakenFailsAFirstAttempt() {
		this.engine.start(NewRuns.named("Web Server"));
		this.engine.tick();
		UUID second = this.engine.start(NewRuns.named("web_server"));
		this.engine.tick();
		Stored run = this.engine.run(second);
		assertThat(run.status()).isEqualTo(RunStatus.FAILED);
		assertThat(run.failure().code()).isEqualTo("ResourceAlreadyExistsException");
		assertThat(run.failure().message()).contains("unique per account and Region").contains("run ");
		assertThat(this.simulator.count(Operation.GET_DISTRIBUTION_CONFIGURATION)).isZero();
	}

	@Test
	void ownConfigurationIsAdoptedWhenItsTokenWasForgotten() {
		this.simulator.change((settings) -> settings.withTokenLifetime(Duration.ZERO));
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION,
				Fault.error(500, "ServiceException").afterCommit());
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.distributionConfigurations()).isOne();
		assertThat(this.simulator.count(Operation.GET_DISTRIBUTION_CONFIGURATION)).isOne();
	}

	@Test
	void ownConfigurationIsAdoptedWhenTheNameIsCheckedFirst() {
		this.simulator.change((settings) -> settings.withNameBeforeToken(true));
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.reset().afterCommit());
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.distributionConfigurations()).isOne();
	}

	@Test
	void foreignConfigurationIsNeverAdopted() {
		this.imageBuilder.createDistributionConfiguration(Configurations.other("taken"));
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.error(500, "ServiceException"));
		UUID id = this.engine.start(NewRuns.named("taken"));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.FAILED);
		assertThat(this.engine.run(id).failure().code()).isEqualTo("ResourceAlreadyExistsException");
		assertThat(this.simulator.count(Operation.GET_DISTRIBUTION_CONFIGURATION)).isOne();
	}

	@Test
	void configurationOfAnotherRunIsNeverAdopted() {
		UUID first = this.engine.start(NewRuns.named("taken"));
		this.engine.tick();
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.error(500, "ServiceException"));
		UUID second = this.engine.start(NewRuns.named("taken"));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(second).status()).isEqualTo(RunStatus.FAILED);
		assertThat(this.engine.run(second).failure().message()).contains(first.toString());
		assertThat(this.simulator.count(Operation.GET_DISTRIBUTION_CONFIGURATION)).isZero();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
			{}                                                                                      | FAILED
			{ "distributionDescription": "Nightly", "distributionTags": { "team": "web" } }         | FAILED
			{ "distributionDescription": "Weekly", "distributionTags": { "team": "mail" } }         | FAILED
			{ "distributionDescription": "Weekly" }                                                 | FAILED
			{ "distributionDescription": "Weekly", "distributionTags": { "team": "web" } }          | SUCCEEDED""")
	void descriptionAndTagsTellWhoseAConfigurationIs(String options, RunStatus expected) {
		NewRun asked = NewRuns.builder().options("""
				{ "distributionDescription": "Weekly", "distributionTags": { "team": "web" } }""").build();
		NewRun shown = new NewRunBuilder(asked).options(options).build();
		this.imageBuilder.createDistributionConfiguration(
				new NewDistributionConfiguration(new UUID(0, 1), shown.input().place(), shown.input(), "forgotten"));
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.error(500, "ServiceException"));
		UUID id = this.engine.start(asked);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(expected);
		assertThat(this.simulator.count(Operation.GET_DISTRIBUTION_CONFIGURATION)).isOne();
	}

}
