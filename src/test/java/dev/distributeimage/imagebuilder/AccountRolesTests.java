package dev.distributeimage.imagebuilder;

import java.util.Map;

import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.AccountSettings.RoleSettings;
import dev.distributeimage.startup.RefusedStartException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@NullUnmarked
class AccountRolesTests {

	private static final String PREFIX = "distribute-image.accounts.012345678901.";

	private final ApplicationContextRunner context = new ApplicationContextRunner()
		.withUserConfiguration(Settings.class);

	@Test
	void accountBeginsWithAZero() {
		this.context
			.withPropertyValues(PREFIX + "role-arn=arn:aws:iam::012345678901:role/path/images",
					PREFIX + "external-id=4711")
			.run((started) -> {
				AccountRoles roles = started.getBean(AccountRoles.class);
				assertThat(roles.of("012345678901").externalId()).isEqualTo("4711");
				assertThat(roles.of("012345678901").arn().resource()).isEqualTo("role/path/images");
				assertThat(roles.of("123456789012")).isNull();
			});
	}

	@Test
	void withoutAccountsThereAreNoRoles() {
		this.context.run((started) -> assertThat(started.getBean(AccountRoles.class).of("012345678901")).isNull());
	}

	@Test
	void refusalIsTheCauseOfTheFailedStart() {
		this.context.withPropertyValues(PREFIX + "role-arn=arn:aws:iam::012345678901:role/images")
			.run((started) -> assertThat(started).getFailure()
				.rootCause()
				.isInstanceOf(RefusedStartException.class)
				.hasMessageStartingWith(PREFIX + "external-id must be set to"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "null",
			textBlock = """
					12345        | arn:aws:iam::12345:role/images             | 4711  | .12345 is no account: set its 12 digits
					12345678901x | arn:aws:iam::123456789012:role/images      | 4711  | .12345678901x is no account
					222222222222 | null                                       | 4711  | .role-arn must be set to the ARN of a role
					222222222222 | arn:aws:iam::222222222222:user/images      | 4711  | .role-arn must be set to the ARN of a role
					222222222222 | arn:aws:iam::222222222222:role/            | 4711  | .role-arn must be set to the ARN of a role
					222222222222 | arn:aws:sts::222222222222:assumed-role/a/b | 4711  | .role-arn must be set to the ARN of a role
					222222222222 | arn:aws:iam::333333333333:role/images      | 4711  | of that account, not of 333333333333
					222222222222 | arn:aws:iam::222222222222:role/images      | null  | .external-id must be set to
					222222222222 | arn:aws:iam::222222222222:role/images      | x     | .external-id must be set to
					222222222222 | arn:aws:iam::222222222222:role/images      | a b   | .external-id must be set to
					""")
	void settingsThatCannotBeMeantAreRefused(String account, String arn, String externalId, String sentence) {
		assertThatExceptionOfType(RefusedStartException.class)
			.isThrownBy(() -> new AccountRoles(Map.of(account, new RoleSettings(arn, externalId))))
			.withMessageStartingWith("distribute-image.accounts." + account)
			.withMessageContaining(sentence)
			.withMessageNotContaining("4711");
	}

	@Test
	void externalIdIsOfOneAccount() {
		assertThatExceptionOfType(RefusedStartException.class)
			.isThrownBy(() -> new AccountRoles(
					Map.of("222222222222", new RoleSettings("arn:aws:iam::222222222222:role/images", "4711"),
							"333333333333", new RoleSettings("arn:aws:iam::333333333333:role/images", "4711"))))
			.withMessageContaining("the same external-id");
	}

	@Test
	void accountsWithARoleAreKnown() {
		AccountRoles roles = new AccountRoles(
				Map.of("222222222222", new RoleSettings("arn:aws:iam::222222222222:role/images", "4711")));
		var accounts = AwsConfiguration.withRoles(roles, (place) -> !place.account().equals("123456789012"));
		assertThat(accounts.lackCredentialsFor(new Place("222222222222", "eu-west-1"))).isFalse();
		assertThat(accounts.lackCredentialsFor(new Place("123456789012", "eu-west-1"))).isFalse();
		assertThat(accounts.lackCredentialsFor(new Place("333333333333", "eu-west-1"))).isTrue();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(AccountSettings.class)
	static class Settings {

		@Bean
		AccountRoles accountRoles(AccountSettings settings) {
			return new AwsConfiguration().accountRoles(settings);
		}

	}

}
