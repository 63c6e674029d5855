package dev.distributeimage.api.problem;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that the documents show problems as the service sends them. */
class ProblemTitlesTests {

	private static final Pattern SHOWN = Pattern
		.compile("\"type\": \"(/problems/[a-z-]+)\", +\"title\": \"([^\"]+)\", +\"status\": ([0-9]+)");

	@Test
	void documentsShowTheTitlesOfTheService() throws IOException {
		List<String> sent = Arrays.stream(ProblemType.values())
			.map((type) -> "%s %s %d".formatted(type.path(), type.title(), type.status().value()))
			.toList();
		List<String> shown = SHOWN.matcher(documents())
			.results()
			.map((problem) -> String.join(" ", problem.group(1), problem.group(2), problem.group(3)))
			.toList();
		assertThat(shown).hasSizeGreaterThan(3).isSubsetOf(sent);
	}

	private static String documents() throws IOException {
		StringBuilder all = new StringBuilder(Files.readString(Path.of("README.md")))
			.append(Files.readString(Path.of("API.md")));
		try (DirectoryStream<Path> docs = Files.newDirectoryStream(Path.of("docs"), "*.md")) {
			for (Path path : docs) {
				all.append(Files.readString(path));
			}
		}
		return all.toString();
	}

}
