package dev.distributeimage.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.distributeimage.Programs;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests the simulator with Terraform and AWS's provider, which is half a gigabyte: where
 * Terraform is not told where to find it, nothing is downloaded and the test is skipped.
 */
class TerraformIT {

	private static final String PROVIDER = "registry.terraform.io/hashicorp/aws";

	@AutoClose
	private final Simulator simulator = Simulator
		.start(SimulatorSettings.defaults().withPace(Duration.ofMillis(100)).withStrictRecipes(true));

	private final Path directory;

	private record Result(int exit, String output) {
	}

	TerraformIT(@TempDir Path directory) {
		this.directory = directory;
	}

	@BeforeEach
	void init() throws Exception {
		assumeThat(Programs.isInstalled("terraform")).as("Skipped: there is no terraform on the PATH").isTrue();
		assumeThat(isToldAboutItsProviders())
			.as("Skipped: neither TF_CLI_CONFIG_FILE nor TF_CLI_ARGS_init says where AWS's provider is")
			.isTrue();
		try (InputStream configuration = TerraformIT.class.getResourceAsStream("main.tf")) {
			Files.copy(Objects.requireNonNull(configuration), this.directory.resolve("main.tf"));
		}
		Result init = terraform("init");
		assumeThat(init.exit() != 0 && init.output().contains(PROVIDER))
			.as("Skipped: AWS's provider is not there: " + init.output())
			.isFalse();
		assertThat(init.exit()).as(init.output()).isZero();
	}

	@Test
	void appliedPlannedChangedAndDestroyed() throws Exception {
		succeeds("apply", "-auto-approve", "-var", "team=web");
		assertThat(this.simulator.images()).singleElement().extracting(SimulatedImage::status).isEqualTo("AVAILABLE");
		succeeds("plan", "-detailed-exitcode", "-var", "team=web");
		succeeds("apply", "-auto-approve", "-var", "team=net");
		succeeds("plan", "-detailed-exitcode", "-var", "team=net");
		succeeds("destroy", "-auto-approve", "-var", "team=net");
		assertThat(this.simulator.images()).singleElement().satisfies((image) -> assertThat(image.isGone()).isTrue());
		assertThat(this.simulator.distributionConfigurations()).isZero();
		assertThat(this.simulator.requests()).allSatisfy((request) -> assertThat(request.status()).isEqualTo(200))
			.extracting(RecordedRequest::operation)
			.contains(Operation.TAG_RESOURCE, Operation.UPDATE_DISTRIBUTION_CONFIGURATION, Operation.DELETE_COMPONENT);
	}

	@Test
	void appliedInTheAccountOfARole() throws Exception {
		String role = "arn:aws:iam::222222222222:role/images";
		this.simulator.sts().trust(role, "4711");
		succeeds("apply", "-auto-approve", "-var", "team=web", "-var", "role=" + role);
		assertThat(this.simulator.images()).singleElement()
			.extracting(SimulatedImage::arn)
			.asString()
			.contains(":222222222222:");
		assertThat(this.simulator.sts().sessions()).isNotEmpty()
			.allSatisfy((session) -> assertThat(session).extracting(AssumedSession::name, AssumedSession::externalId)
				.containsExactly("terraform", "4711"));
		this.simulator.sts().expireSessions();
		succeeds("destroy", "-auto-approve", "-var", "team=web", "-var", "role=" + role);
	}

	private void succeeds(String... words) throws Exception {
		List<String> command = new ArrayList<>(List.of(words));
		command.addAll(List.of("-var", "endpoint=" + this.simulator.endpoint()));
		Result result = terraform(command.toArray(String[]::new));
		assertThat(result.exit()).as(result.output()).isZero();
	}

	/** Runs a command; its exit code is 2 for a plan that is not empty. */
	private Result terraform(String... words) throws IOException, InterruptedException {
		Path output = this.directory.resolve("output.txt");
		ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of("terraform"), Stream.of(words)).toList())
			.directory(this.directory.toFile())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile());
		builder.environment().keySet().removeIf((name) -> name.startsWith("AWS_"));
		builder.environment()
			.putAll(Map.of("AWS_EC2_METADATA_DISABLED", "true", "CHECKPOINT_DISABLE", "1", "TF_INPUT", "0",
					"TF_CLI_ARGS", "-no-color"));
		Process process = builder.start();
		process.getOutputStream().close();
		boolean ended = process.waitFor(5, TimeUnit.MINUTES);
		process.descendants().forEach(ProcessHandle::destroyForcibly);
		process.destroyForcibly();
		String text = Files.readString(output);
		assertThat(ended).as("terraform " + words[0] + " has ended in time: " + text).isTrue();
		return new Result(process.exitValue(), text);
	}

	private static boolean isToldAboutItsProviders() {
		Map<String, String> environment = System.getenv();
		return Files.isRegularFile(Path.of(environment.getOrDefault("TF_CLI_CONFIG_FILE", "none")))
				|| environment.getOrDefault("TF_CLI_ARGS_init", "").contains("-plugin-dir");
	}

}
