package dev.distributeimage.ops;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Operators' tools on this machine. Debian has promtool in the package prometheus, and
 * kubectl in kubernetes-client.
 */
final class Tools {

	private Tools() {
	}

	static boolean hasPromtool() {
		return has("promtool");
	}

	static boolean hasKubectl() {
		return has("kubectl");
	}

	private static boolean has(String name) {
		return Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
			.anyMatch((directory) -> Files.isExecutable(Path.of(directory, name)));
	}

	/** Runs a command that has to succeed, and returns what it printed. */
	static String run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		return output;
	}

}
