package dev.distributeimage.startup;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.distributeimage.DistributeImageApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@ExtendWith(OutputCaptureExtension.class)
class UnknownSettingsTests {

	@ParameterizedTest
	@CsvSource({ "distribute-image.poller.tik, distribute-image.poller.tick",
			"distribute-image.poller.claimed-for, distribute-image.poller.claim-for",
			"distribute-image.max-response, distribute-image.aws.max-response",
			"distribute-image.security.caller.web.scopes, distribute-image.security.callers.web.scopes",
			"distribute-image.security.callers.web.scope, distribute-image.security.callers.web.scopes",
			"distribute-image.security.issuers.github.audience, distribute-image.security.issuers.github.audiences",
			"distribute-image.doc, distribute-image.docs",
			"distribute-image.poller.tick.a, distribute-image.poller.tick" })
	void startWithAnUnknownSettingNamesTheNearest(String unknown, String nearest) {
		assertThatExceptionOfType(RefusedStartException.class)
			.isThrownBy(() -> start(new MapPropertySource("a file", Map.of(unknown, "1"))))
			.withMessage("%s is no setting (\"%1$s\" from property source \"a file\"). The nearest is %s.", unknown,
					nearest);
	}

	@ParameterizedTest
	@CsvSource({ "DISTRIBUTEIMAGE_POLLER_TIK, DISTRIBUTEIMAGE_POLLER_TICK",
			"DISTRIBUTEIMAGE_POLLER_CLAIM_FOR, DISTRIBUTEIMAGE_POLLER_CLAIMFOR" })
	void startWithAnUnknownVariableIsRefused(String unknown, String nearest) {
		assertThatExceptionOfType(RefusedStartException.class).isThrownBy(() -> start(variables(unknown)))
			.withMessageContaining("(\"%s\" from property source", unknown)
			.withMessageEndingWith("The nearest is %s.", nearest);
	}

	@Test
	void allUnknownSettingsAreNamedAtOnce() {
		assertThatExceptionOfType(RefusedStartException.class)
			.isThrownBy(() -> start(new MapPropertySource("a file",
					new TreeMap<>(Map.of("distribute-image.a", 1, "distribute-image.b", 2)))))
			.withMessageContainingAll("distribute-image.a is", "distribute-image.b is");
	}

	@ParameterizedTest
	@ValueSource(strings = { "distribute-image.poller.tick", "distribute-image.poller.claimFor",
			"distribute-image.aws.extra-regions", "distribute-image.aws.extra-regions[0]", "distribute-image.docs",
			"distribute-image.security.open", "distribute-image.security.isolate",
			"distribute-image.security.callers.web.claims.sub",
			"distribute-image.security.callers.web.claims[kubernetes.io].namespace",
			"distribute-image.security.issuers.github.audiences[1]", "distribute-image.policies.web.share.public",
			"distribute-image.policies.web.s3-exports[0].bucket", "spring.application.nam" })
	void startWithASettingIsAccepted(String known) {
		assertThatCode(() -> start(new MapPropertySource("a file", Map.of(known, "true")))).doesNotThrowAnyException();
	}

	@Test
	void startWithAnEmptyGroupIsAccepted() {
		assertThatCode(() -> start(new MapPropertySource("a file", Map.of("distribute-image.security.callers", ""))))
			.doesNotThrowAnyException();
	}

	@Test
	void startWithVariablesIsAccepted() {
		assertThatCode(() -> start(
				variables("DISTRIBUTEIMAGE_POLLER_CLAIMFOR", "DISTRIBUTEIMAGE_SECURITY_ISSUERS_GITHUB_AUDIENCES_0")))
			.doesNotThrowAnyException();
	}

	@Test
	void variablesThatLookLikeSettingsAreWarnedAbout(CapturedOutput output) {
		start(variables("DISTRIBUTE_IMAGE_POLLER_CLAIM_FOR", "DISTRIBUTE_IMAGE_URL", "DISTRIBUTE_IMAGE_TOKEN",
				"DISTRIBUTE_IMAGE_SERVICE_HOST", "DISTRIBUTE_IMAGE_PORT_8080_TCP", "DISTRIBUTE_IMAGE_POLLER_CLAIMFOR"));
		assertThat(output.getOut().lines().filter((line) -> line.contains("DISTRIBUTE_IMAGE"))).singleElement()
			.asString()
			.contains("The environment variable DISTRIBUTE_IMAGE_POLLER_CLAIMFOR is no setting of this service");
	}

	@Test
	void serviceDoesNotStart(CapturedOutput output) {
		assertThatExceptionOfType(RefusedStartException.class)
			.isThrownBy(() -> new SpringApplicationBuilder(DistributeImageApplication.class)
				.run("--distribute-image.security.open=true", "--distribute-image.retry.first-dely=1s"));
		assertThat(output.getAll()).contains("APPLICATION FAILED TO START",
				"distribute-image.retry.first-dely is no setting (\"distribute-image.retry.first-dely\" from property"
						+ " source \"commandLineArgs\"). The nearest is distribute-image.retry.first-delay.")
			.doesNotContain("\tat ");
	}

	private static SystemEnvironmentPropertySource variables(String... names) {
		return new SystemEnvironmentPropertySource(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
				Arrays.stream(names).collect(Collectors.toMap((name) -> name, (name) -> "1")));
	}

	private static void start(PropertySource<?> source) {
		ConfigurableEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().forEach((own) -> environment.getPropertySources().remove(own.getName()));
		environment.getPropertySources().addFirst(source);
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.setEnvironment(environment);
			context.register(UnknownSettings.class, Scanned.class);
			context.addBeanFactoryPostProcessor(UnknownSettingsTests::lazily);
			context.refresh();
		}
	}

	// The values are not meant.
	private static void lazily(ConfigurableListableBeanFactory beans) {
		Arrays.stream(beans.getBeanDefinitionNames())
			.map(beans::getBeanDefinition)
			.forEach((bean) -> bean.setLazyInit(true));
	}

	@TestConfiguration(proxyBeanMethods = false)
	@ConfigurationPropertiesScan(basePackageClasses = DistributeImageApplication.class)
	static class Scanned {

	}

}
