package dev.distributeimage.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Assumptions;

/**
 * How hard the service is treated, with which dice, and what came of it. Each test that
 * treats it hard is tagged {@code chaos}; {@code ./mvnw verify} runs it in short form,
 * {@code ./mvnw verify -Pchaos} in full, with those tagged {@code chaos-full} besides.
 */
public final class Chaos {

	private static final boolean FULL = Boolean.getBoolean("chaos.full");

	private static final long SEED = Long.getLong("chaos.seed", FULL ? System.nanoTime() : 1);

	private static final Path REPORT = Path.of("target", "chaos.md");

	private Chaos() {
	}

	/** One of two sizes. */
	public static int times(int inShortForm, int inFull) {
		return FULL ? inFull : inShortForm;
	}

	/**
	 * The seed of everything random: {@code -Dchaos.seed}, or another in every full run.
	 */
	public static long seed() {
		return SEED;
	}

	/** Dice that fall the same way for the same seed and row. */
	public static Random random(int row) {
		return new Random(SEED * 31 + row);
	}

	/**
	 * Reports a row that has held.
	 * @param what what was done to the service
	 * @param figures what was counted
	 */
	public static void held(int row, String what, String figures) {
		report("| %d | %s | %s | %d |".formatted(row, what, figures, SEED));
	}

	/** Skips a row, by name, on a machine that lacks what the row needs. */
	public static void need(int row, boolean present, String tool) {
		if (!present) {
			report("| %d | skipped | needs %s | |".formatted(row, tool));
		}
		Assumptions.assumeTrue(present, "Row %d needs %s".formatted(row, tool));
	}

	/** Whether a command is there and ends well. */
	public static boolean answers(String... command) {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private static synchronized void report(String line) {
		System.out.println(line);
		try {
			Files.writeString(REPORT, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
