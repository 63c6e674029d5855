package dev.distributeimage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests the job of a CI system in API.md, in a shell that goes on after a command that
 * failed.
 */
class CommandLineExampleTests {

	private static final int REFUSED = 5;

	private final Path directory;

	CommandLineExampleTests(@TempDir Path directory) throws IOException {
		this.directory = directory;
		Files.createDirectory(directory.resolve("bin"));
		Files.writeString(directory.resolve("request.json"), "{}");
		Path program = Files.writeString(directory.resolve("bin/distribute-image"), """
				#!/bin/sh
				[ "$1" != "$REFUSED" ] || exit %d
				case $1 in start) echo '{ "id": "7" }' ;; amis) echo "eu-west-1 123456789012 ami-$2" ;; esac
				""".formatted(REFUSED));
		Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
	}

	@Test
	void jobNamesTheAmis() throws Exception {
		Process job = job("nothing");
		assertThat(job.inputReader().lines())
			.containsExactly("ami-7 is in the Region eu-west-1 of the account 123456789012");
		assertThat(job.waitFor()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "start", "amis" })
	void jobFailsAsItsCommandDoes(String refused) throws Exception {
		Process job = job(refused);
		assertThat(job.inputReader().lines()).isEmpty();
		assertThat(job.waitFor()).isEqualTo(REFUSED);
	}

	private Process job(String refused) throws IOException {
		assumeThat(Programs.isInstalled("jq")).as("Skipped: there is no jq").isTrue();
		String text = Files.readString(Path.of("API.md"));
		int begin = text.indexOf("export DISTRIBUTE_IMAGE_URL=");
		ProcessBuilder shell = new ProcessBuilder("sh", "-c", text.substring(begin, text.indexOf("```", begin)))
			.directory(this.directory.toFile())
			.redirectError(ProcessBuilder.Redirect.DISCARD);
		shell.environment().put("REFUSED", refused);
		return shell.start();
	}

}
