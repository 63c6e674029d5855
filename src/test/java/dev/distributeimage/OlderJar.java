package dev.distributeimage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The jar of the release before these sources: that of the newest tag whose migration V1
 * is the present one. It is built from git, once per commit.
 */
final class OlderJar {

	private static final Path FIRST_MIGRATION = Path.of("src/main/resources/db/migration/V1__runs.sql");

	private static final Path BUILDS = Path.of("target", "older");

	private OlderJar() {
	}

	/** Returns its path, or empty before there is such a tag. */
	static Optional<Path> path() {
		return newestTag().map(OlderJar::built);
	}

	// A checkout without git, or without tags, has none.
	private static Optional<String> newestTag() {
		Command tags = Command.run(Path.of(""), Map.of(), "git", "tag", "--list", "v*", "--sort=-version:refname",
				"--no-contains", "HEAD");
		return tags.output().lines().filter((tag) -> tags.succeeded() && hasThisFirstMigration(tag)).findFirst();
	}

	private static boolean hasThisFirstMigration(String tag) {
		try {
			return Command.run(Path.of(""), Map.of(), "git", "show", tag + ":" + FIRST_MIGRATION)
				.output()
				.equals(Files.readString(FIRST_MIGRATION));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path built(String tag) {
		String commit = required(Path.of(""), Map.of(), "git", "rev-parse", tag + "^{commit}").strip();
		Path sources = BUILDS.resolve(commit).toAbsolutePath();
		Path jar = sources.resolve(ServiceProcess.JAR);
		if (!Files.exists(jar)) {
			createDirectory(sources);
			Map<String, String> index = Map.of("GIT_INDEX_FILE", sources + ".index");
			required(Path.of(""), index, "git", "read-tree", commit);
			required(Path.of(""), index, "git", "checkout-index", "--all", "--force", "--prefix=" + sources + "/");
			String[] build = { "./mvnw", "-B", "-q", "-o", "-DskipTests", "package" };
			if (!Command.run(sources, Map.of(), build).succeeded()) {
				// Something that it needs has never been downloaded here.
				build[3] = "-ntp";
				required(sources, Map.of(), build);
			}
		}
		return jar;
	}

	private static void createDirectory(Path directory) {
		try {
			Files.createDirectories(directory);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String required(Path directory, Map<String, String> environment, String... command) {
		Command done = Command.run(directory, environment, command);
		if (!done.succeeded()) {
			throw new IllegalStateException("%s: %s".formatted(List.of(command), done.output()));
		}
		return done.output();
	}

	/**
	 * A command that has ended.
	 *
	 * @param output all that it printed
	 */
	private record Command(boolean succeeded, String output) {

		static Command run(Path directory, Map<String, String> environment, String... command) {
			ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toAbsolutePath().toFile())
				.redirectErrorStream(true);
			builder.environment().putAll(environment);
			try {
				Process process = builder.start();
				String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
				return new Command(process.waitFor() == 0, output);
			}
			catch (IOException ex) {
				return new Command(false, String.valueOf(ex.getMessage()));
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new IllegalStateException(ex);
			}
		}

	}

}
