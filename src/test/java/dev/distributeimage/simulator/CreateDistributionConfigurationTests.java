package dev.distributeimage.simulator;

import java.time.Duration;
import java.util.Map;

import dev.distributeimage.simulator.RecordedRequest.Outcome;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.services.imagebuilder.model.CreateDistributionConfigurationResponse;
import software.amazon.awssdk.services.imagebuilder.model.Distribution;
import software.amazon.awssdk.services.imagebuilder.model.DistributionConfiguration;
import software.amazon.awssdk.services.imagebuilder.model.IdempotentParameterMismatchException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceNotFoundException;

import static dev.distributeimage.simulator.Operation.CREATE_DISTRIBUTION_CONFIGURATION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class CreateDistributionConfigurationTests {

	private static final Distribution[] OUTPUT = SdkCalls.amisIn("eu-west-1");

	private final HandCrankedClock clock = new HandCrankedClock();

	@AutoClose
	private final Simulator simulator = Simulator.start(SimulatorSettings.defaults().withClock(this.clock));

	@AutoClose
	private final SdkCalls calls = SdkCalls.to(this.simulator);

	@ParameterizedTest
	@ValueSource(strings = { "my component v2", "My_Component_V2", "MY-COMPONENT-V2" })
	void namesThatNormaliseToTheSameClash(String name) {
		String arn = this.calls.createDistribution("My Component_v2", OUTPUT);
		assertThat(arn).isEqualTo(SdkCalls.PREFIX + "distribution-configuration/my-component-v2");
		assertThatExceptionOfType(ResourceAlreadyExistsException.class)
			.isThrownBy(() -> this.calls.createDistribution(name, OUTPUT))
			.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(400))
			.withMessageContaining(arn);
	}

	@Test
	void otherRegionHasItsOwnNames() {
		this.calls.createDistribution("web", OUTPUT);
		try (SdkCalls elsewhere = SdkCalls.to(this.simulator, "us-east-1", ApacheHttpClient.builder())) {
			assertThat(elsewhere.createDistribution("web", OUTPUT))
				.isEqualTo("arn:aws:imagebuilder:us-east-1:123456789012:distribution-configuration/web");
		}
	}

	@Test
	void accountAndPartitionAreInTheArn() {
		this.simulator.change((settings) -> settings.withAccount("111122223333"));
		try (SdkCalls china = SdkCalls.to(this.simulator, "cn-north-1", ApacheHttpClient.builder())) {
			assertThat(china.createDistribution("web", OUTPUT))
				.isEqualTo("arn:aws-cn:imagebuilder:cn-north-1:111122223333:distribution-configuration/web");
		}
	}

	@Test
	void sameTokenAndParametersReplayTheFirstAnswer() {
		CreateDistributionConfigurationResponse first = create("web", "t");
		CreateDistributionConfigurationResponse second = create("web", "t");
		assertThat(second.distributionConfigurationArn()).isEqualTo(first.distributionConfigurationArn());
		assertThat(second.requestId()).isEqualTo(first.requestId());
		assertThat(this.simulator.requests(CREATE_DISTRIBUTION_CONFIGURATION)).extracting(RecordedRequest::outcome)
			.containsExactly(Outcome.COMMITTED, Outcome.REPLAYED);
	}

	@Test
	void sameTokenAndOtherParametersMismatch() {
		create("web", "t");
		assertThatExceptionOfType(IdempotentParameterMismatchException.class).isThrownBy(() -> create("web2", "t"));
		assertThat(this.simulator.distributionConfigurations()).isEqualTo(1);
	}

	@Test
	void nameBeforeTokenRefusesTheReplay() {
		this.simulator.change((settings) -> settings.withNameBeforeToken(true));
		create("web", "t");
		assertThatExceptionOfType(ResourceAlreadyExistsException.class).isThrownBy(() -> create("web", "t"));
	}

	@Test
	void tokenIsForgottenAfterItsLifetime() {
		this.simulator.change((settings) -> settings.withTokenLifetime(Duration.ofHours(1)));
		create("web", "t");
		this.clock.advance(Duration.ofMinutes(59));
		create("web", "t");
		this.clock.advance(Duration.ofMinutes(1));
		assertThatExceptionOfType(ResourceAlreadyExistsException.class).isThrownBy(() -> create("web", "t"));
	}

	@Test
	void refusedTokenIsNotSpent() {
		create("web", "t");
		assertThatExceptionOfType(ResourceAlreadyExistsException.class).isThrownBy(() -> create("web", "u"));
		assertThat(create("web2", "u").distributionConfigurationArn()).endsWith("/web2");
	}

	@Test
	void getShowsWhatWasSent() {
		String arn = this.calls.client()
			.createDistributionConfiguration((request) -> request.name("Web 1")
				.description("d")
				.clientToken("t")
				.tags(Map.of("team", "x"))
				.distributions(OUTPUT))
			.distributionConfigurationArn();
		DistributionConfiguration shown = get(arn);
		assertThat(shown.name()).isEqualTo("Web 1");
		assertThat(shown.description()).isEqualTo("d");
		assertThat(shown.tags()).containsEntry("team", "x");
		assertThat(shown.distributions()).containsExactly(OUTPUT);
		assertThat(shown.timeoutMinutes()).isEqualTo(720);
		assertThat(shown.dateCreated()).isEqualTo("2026-09-03T05:44:21.121Z");
	}

	@Test
	void deletedIsNotFoundAndItsNameIsFree() {
		String arn = this.calls.createDistribution("web", OUTPUT);
		delete(arn);
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> get(arn))
			.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(404));
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> delete(arn));
		assertThat(this.calls.createDistribution("web", OUTPUT)).isEqualTo(arn);
	}

	private CreateDistributionConfigurationResponse create(String name, String token) {
		return this.calls.client()
			.createDistributionConfiguration((request) -> request.name(name).clientToken(token).distributions(OUTPUT));
	}

	private DistributionConfiguration get(String arn) {
		return this.calls.client()
			.getDistributionConfiguration((request) -> request.distributionConfigurationArn(arn))
			.distributionConfiguration();
	}

	private void delete(String arn) {
		this.calls.client().deleteDistributionConfiguration((request) -> request.distributionConfigurationArn(arn));
	}

}
