package dev.distributeimage.simulator;

import java.util.List;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.imagebuilder.model.AmiDistributionConfiguration;
import software.amazon.awssdk.services.imagebuilder.model.Distribution;
import software.amazon.awssdk.services.imagebuilder.model.FastLaunchConfiguration;
import software.amazon.awssdk.services.imagebuilder.model.InvalidParameterValueException;
import software.amazon.awssdk.services.imagebuilder.model.SsmParameterConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class DistributionRulesTests extends SteppedSimulatorTest {

	private static final String DATE = "{{ imagebuilder:buildDate }}";

	@ParameterizedTest
	@CsvSource({ "web {{imagebuilder:buildDate}}, web 2026-09-03T05-44-21.121Z",
			"{{  imagebuilder:buildDate }}.web_1, 2026-09-03T05-44-21.121Z.web_1",
			"v{{ imagebuilder:buildVersion }}-{{ imagebuilder:buildDate }}, v1.0.0/1-2026-09-03T05-44-21.121Z" })
	void placeholdersAreFilledIn(String name, String filled) {
		String arn = this.calls.build("web", create(ami((ami) -> ami.name(name))));
		this.clock.advance(STEP.multipliedBy(6));
		assertThat(this.calls.image(arn).outputResources().amis().get(0).name()).isEqualTo(filled);
	}

	@ParameterizedTest
	@ValueSource(strings = { "web", "web:" + DATE, "web {x} " + DATE, "{{ imagebuilder:recipe }} " + DATE,
			"{{ imagebuilder:builddate }} x", "{{ imagebuilder:buildDate:yyyy }} x", "web\t" + DATE, "web\u00a0" + DATE,
			"web\u3000" + DATE, "{" + DATE + "}" })
	void nameThatEc2WouldRefuseIsRefused(String name) {
		refused(ami((ami) -> ami.name(name)), "distributions[0].amiDistributionConfiguration.name");
	}

	@ParameterizedTest
	@ValueSource(strings = { "alias/web", "11111111-2222-3333-4444-555555555555",
			"arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555",
			"arn:aws:kms:eu-west-1:123456789012:alias/web" })
	void keyOfTheRegionIsTaken(String key) {
		assertThat(create(ami((ami) -> ami.kmsKeyId(key)))).isNotNull();
	}

	@Test
	void keyOfAnotherRegionIsRefused() {
		refused(ami((ami) -> ami.kmsKeyId("arn:aws:kms:us-east-1:123456789012:alias/web")),
				"distributions[0].amiDistributionConfiguration.kmsKeyId");
	}

	@ParameterizedTest
	@CsvSource({ "123456789012, true", "444455556666, true", "777788889999, false" })
	void parameterBelongsToAnAccountOfTheEntry(String account, boolean taken) {
		Distribution entry = ami((ami) -> ami.targetAccountIds("444455556666")).toBuilder()
			.ssmParameterConfigurations(SsmParameterConfiguration.builder().parameterName("/first").build(),
					SsmParameterConfiguration.builder().parameterName("/web").amiAccountId(account).build())
			.build();
		if (taken) {
			assertThat(create(entry)).isNotNull();
			return;
		}
		refused(entry, "distributions[0].ssmParameterConfigurations[1].amiAccountId");
	}

	@ParameterizedTest
	@CsvSource({ "lt-0123456789abcdefg, , true", ", web, true", "lt-0123456789abcdefg, web, false" })
	void fastLaunchTemplateHasOneName(String id, String name, boolean taken) {
		FastLaunchConfiguration fastLaunch = FastLaunchConfiguration.builder()
			.enabled(true)
			.launchTemplate((template) -> template.launchTemplateId(id).launchTemplateName(name))
			.build();
		Distribution entry = Distribution.builder().region("eu-west-1").fastLaunchConfigurations(fastLaunch).build();
		if (taken) {
			assertThat(create(entry)).isNotNull();
			return;
		}
		refused(entry, "distributions[0].fastLaunchConfigurations[0].launchTemplate");
	}

	@Test
	void listsWithoutAMinimumMayBeEmpty() {
		Distribution entry = box().toBuilder()
			.containerDistributionConfiguration((container) -> container.containerTags(List.of())
				.targetRepository((repository) -> repository.service("ECR").repositoryName("box")))
			.amiDistributionConfiguration(
					(ami) -> ami.launchPermission((permission) -> permission.userGroups(List.of())))
			.ssmParameterConfigurations(List.of())
			.build();
		String arn = create(entry);
		assertThat(this.calls.client()
			.getDistributionConfiguration((request) -> request.distributionConfigurationArn(arn))
			.distributionConfiguration()
			.distributions()).containsExactly(entry);
	}

	@Test
	void containerOnlyIsNoOutputOfAnImageRecipe() {
		String configuration = create(SdkCalls.amisIn("us-east-1")[0], box());
		assertThatExceptionOfType(InvalidParameterValueException.class)
			.isThrownBy(() -> this.calls.build("web", configuration))
			.withMessageContaining("distributionConfigurationArn")
			.withMessageContaining("eu-west-1");
		assertThatExceptionOfType(InvalidParameterValueException.class).isThrownBy(() -> this.calls.client()
			.distributeImage((request) -> request.sourceImage("ami-01234567")
				.executionRole("role")
				.distributionConfigurationArn(configuration)));
		assertThat(this.simulator.builds()).isZero();
	}

	private void refused(Distribution entry, String parameter) {
		assertThatExceptionOfType(InvalidParameterValueException.class).isThrownBy(() -> create(entry))
			.withMessageContaining("'" + parameter + "'");
		assertThat(this.simulator.distributionConfigurations()).isZero();
	}

	private String create(Distribution... entries) {
		return this.calls.createDistribution("web", entries);
	}

	private static Distribution ami(Consumer<AmiDistributionConfiguration.Builder> ami) {
		return Distribution.builder().region("eu-west-1").amiDistributionConfiguration(ami).build();
	}

	private static Distribution box() {
		return Distribution.builder()
			.region("eu-west-1")
			.containerDistributionConfiguration((container) -> container
				.targetRepository((repository) -> repository.service("ECR").repositoryName("box")))
			.build();
	}

}
