package dev.distributeimage.simulator;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class SimulatorMainTests {

	@Test
	void optionsBecomeSettings() {
		SimulatorSettings settings = SimulatorMain.settings("--port", "0", "--pace=500ms", "--host", "0.0.0.0",
				"--account", "111122223333", "--token-lifetime", "1h", "--name-before-token", "--concurrent-builds=2",
				"--strict-recipes");
		assertThat(settings.port()).isZero();
		assertThat(settings.pace()).isEqualTo(Duration.ofMillis(500));
		assertThat(settings.host()).isEqualTo("0.0.0.0");
		assertThat(settings.account()).isEqualTo("111122223333");
		assertThat(settings.tokenLifetime()).isEqualTo(Duration.ofHours(1));
		assertThat(settings.nameBeforeToken()).isTrue();
		assertThat(settings.concurrentBuilds()).isEqualTo(2);
		assertThat(settings.strictRecipes()).isTrue();
	}

	@Test
	void withoutOptionsItIsAFixedPortAndTwoSeconds() {
		assertThat(SimulatorMain.settings().port()).isEqualTo(8099);
		assertThat(SimulatorMain.settings().pace()).isEqualTo(Duration.ofSeconds(2));
	}

	@ParameterizedTest
	@ValueSource(strings = { "--prot", "--port", "--port=x", "8099" })
	void nonsenseIsRefused(String option) {
		assertThatIllegalArgumentException().isThrownBy(() -> SimulatorMain.settings(option));
	}

	@ParameterizedTest
	@ValueSource(strings = { "--host", "--port", "--account", "--pace", "--token-lifetime", "--name-before-token",
			"--concurrent-builds", "--strict-recipes", "--help" })
	void helpExplainsTheOption(String option) {
		assertThat(Help.text()).contains("\n  " + option + " ");
	}

}
