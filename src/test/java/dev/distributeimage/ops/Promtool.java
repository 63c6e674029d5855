package dev.distributeimage.ops;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Prometheus' tool for rules, of this machine. Debian has it in the package prometheus.
 */
final class Promtool {

	private static final String NAME = "promtool";

	private Promtool() {
	}

	/** Whether there is one. */
	static boolean isInstalled() {
		return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
			.anyMatch((directory) -> Files.isExecutable(Path.of(directory, NAME)));
	}

	/** Runs a command that has to succeed, and returns what it printed. */
	static String run(String... arguments) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(List.of(NAME));
		command.addAll(List.of(arguments));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		return output;
	}

}
