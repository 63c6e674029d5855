package dev.distributeimage.run;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class OutputWarningsTests {

	@ParameterizedTest
	@ValueSource(strings = { "/images/web", "web", "imagebuilder/web", "/imagebuilder", "/ImageBuilder/web" })
	void parameterElsewhereNeedsAnExecutionRole(String name) {
		String parameters = "{ \"ssmParameterConfigurations\": [ { \"parameterName\": \"%s\" } ] }".formatted(name);
		assertThat(warnings(parameters, false)).containsExactly(new Warning(
				"/distributions/0/ssmParameterConfigurations/0/parameterName",
				"Without an executionRole, Image Builder may write parameters below /imagebuilder/ only. Elsewhere the run may fail after the build."));
		assertThat(warnings(parameters, true)).isEmpty();
	}

	@Test
	void parameterOfImageBuilderNeedsNone() {
		assertThat(
				warnings("{ \"ssmParameterConfigurations\": [ { \"parameterName\": \"/imagebuilder/web\" } ] }", false))
			.isEmpty();
	}

	@Test
	void fewParallelLaunchesAreAWarning() {
		assertThat(warnings("""
				{ "fastLaunchConfigurations": [ { "enabled": true, "maxParallelLaunches": 6 }, { "enabled": true },
				    { "enabled": true, "maxParallelLaunches": 5 } ] }""", false))
			.containsExactly(new Warning("/distributions/0/fastLaunchConfigurations/2/maxParallelLaunches",
					"EC2 asks for 6 parallel launches or more. Below that, fast launch may fail after the build."));
	}

	@Test
	void publicAmiIsAWarning() {
		String ami = "{ \"amiDistributionConfiguration\": { \"launchPermission\": { \"userGroups\": [ %s ] } } }";
		assertThat(warnings(ami.formatted("\"all\""), false))
			.containsExactly(new Warning("/distributions/0/amiDistributionConfiguration/launchPermission/userGroups",
					"The AMI will be public: every AWS account may launch it."));
		assertThat(warnings(ami.formatted(""), false)).isEmpty();
	}

	@Test
	void aHundredAreTheMost() {
		String parameters = "{ \"ssmParameterConfigurations\": [ %s { \"parameterName\": \"web\" } ] }"
			.formatted("{ \"parameterName\": \"web\" },".repeat(100));
		assertThat(warnings(parameters, false)).hasSize(100)
			.allMatch((warning) -> warning.pointer().length() + warning.detail().length() < Warning.WEIGHT - 40);
	}

	private static List<Warning> warnings(String distribution, boolean hasExecutionRole) {
		return OutputWarnings.of(JsonMapper.shared().readTree("[" + distribution + "]"), hasExecutionRole);
	}

}
