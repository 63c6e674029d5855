package dev.distributeimage.simulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import dev.distributeimage.Programs;
import dev.distributeimage.TestDistributeImageApplication;
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
				"--strict-recipes", "--unsigned-region=eu-west-1");
		assertThat(settings.port()).isZero();
		assertThat(settings.pace()).isEqualTo(Duration.ofMillis(500));
		assertThat(settings.host()).isEqualTo("0.0.0.0");
		assertThat(settings.account()).isEqualTo("111122223333");
		assertThat(settings.tokenLifetime()).isEqualTo(Duration.ofHours(1));
		assertThat(settings.nameBeforeToken()).isTrue();
		assertThat(settings.concurrentBuilds()).isEqualTo(2);
		assertThat(settings.strictRecipes()).isTrue();
		assertThat(settings.unsignedRegion()).isEqualTo("eu-west-1");
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

	@Test
	void portThatIsTakenIsNamed() throws IOException {
		try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertThat(refusal("--port=" + taken.getLocalPort()))
				.isEqualTo("Cannot listen on 127.0.0.1:%d: Address already in use\n".formatted(taken.getLocalPort()));
		}
	}

	@Test
	void optionThatIsUnknownIsNamed() throws IOException {
		assertThat(refusal("--prot=1")).isEqualTo("Unknown option --prot; see --help\n");
	}

	private static String refusal(String option) throws IOException {
		Process process = new ProcessBuilder(Programs.JAVA, "-cp", System.getProperty("java.class.path"),
				TestDistributeImageApplication.class.getName(), "simulator", option)
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.onExit().join().exitValue()).isEqualTo(1);
		return output;
	}

	@ParameterizedTest
	@ValueSource(strings = { "--host", "--port", "--account", "--pace", "--token-lifetime", "--name-before-token",
			"--concurrent-builds", "--strict-recipes", "--unsigned-region", "--help" })
	void helpExplainsTheOption(String option) {
		assertThat(Help.text()).contains("\n  " + option + " ");
	}

}
