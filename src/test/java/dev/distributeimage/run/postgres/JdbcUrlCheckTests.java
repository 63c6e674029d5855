package dev.distributeimage.run.postgres;

import dev.distributeimage.startup.RefusedStartException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class JdbcUrlCheckTests {

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:postgresql://db/runs?password=hidden", "jdbc:postgresql:runs?user=a&password=hidden",
			"jdbc:postgresql://db/runs?Password=hidden", "jdbc:postgresql://db/runs?PASSWORD=hidden",
			"jdbc:postgresql://db/runs?%70assword=hidden", "jdbc:postgresql://db/runs?pass%77ord=hidden",
			"jdbc:postgresql://db/runs?a=b& password=hidden", "jdbc:postgresql://db/runs?sslpassword=hidden",
			"jdbc:postgresql://db/runs?a=%zz&password=hidden", "jdbc:postgresql://db/runs?a=b?password=hidden",
			"jdbc:postgresql://db/runs?a=b;password=hidden", "jdbc:postgresql://db/runs?pwd=hidden",
			"jdbc:postgresql://user:hidden@db/runs", "jdbc:postgresql:user/hidden@db",
			"JDBC:postgresql://a:hidden@db/runs",
			" jdbc:postgresql://db1,db2:5433/runs?sslmode=require&password=hidden", "${made.up}", "${made.of}hidden" })
	void urlWithAPasswordIsRefusedByOneSentence(String url, CapturedOutput output) {
		assertThatExceptionOfType(RefusedStartException.class).isThrownBy(() -> start("spring.datasource.url", url));
		assertThat(output.toString())
			.contains("The URL in spring.datasource.url contains a password, which would be "
					+ "logged: remove it there and set spring.datasource.password instead.")
			.doesNotContain("hidden", "\tat ");
	}

	@ParameterizedTest
	@CsvSource({ "spring.flyway.url, spring.flyway.password",
			"spring.datasource.hikari.jdbc-url, spring.datasource.hikari.password" })
	void settingIsNamed(String url, String password) {
		assertThatExceptionOfType(RefusedStartException.class)
			.isThrownBy(() -> start(url, "jdbc:postgresql://db/runs?password=hidden"))
			.withMessageContaining("set " + password + " instead");
	}

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:postgresql://db/runs", "jdbc:postgresql://db/runs?user=me@example.com",
			"jdbc:postgresql://db/runs?sslmode=verify-full&passfile", "${none.such}", "postgres://a:b@c/d" })
	void otherUrlIsAccepted(String url) {
		start("spring.datasource.url", url).close();
	}

	@Test
	void settingsOfOthersAreLeftAlone() {
		start("other.url", "jdbc:postgresql://db/runs?password=hidden").close();
	}

	private static ConfigurableApplicationContext start(String name, String value) {
		return new SpringApplicationBuilder(Nothing.class).web(WebApplicationType.NONE)
			.run("--made.up=jdbc:postgresql://db/runs?password=hidden", "--made.of=jdbc:postgresql://db/runs?password=",
					"--%s=%s".formatted(name, value));
	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

}
