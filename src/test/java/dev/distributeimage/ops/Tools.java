package dev.distributeimage.ops;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

import dev.distributeimage.Programs;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Operators' tools on this machine. Debian has promtool in the package prometheus, and
 * kubectl in kubernetes-client.
 */
final class Tools {

	private Tools() {
	}

	static boolean hasPromtool() {
		return Programs.isInstalled("promtool");
	}

	static boolean hasKubectl() {
		return Programs.isInstalled("kubectl");
	}

	/** Runs a command that has to succeed, and returns what it printed. */
	static String run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		return output;
	}

}
