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
 * The intensity, the randomness and the report of the chaos tests. Each of them is tagged
 * {@code chaos}. {@code ./mvnw verify} runs them in short form; {@code ./mvnw verify
 * -Pchaos} runs them in full, including those tagged {@code chaos-full}.
 */
public final class Chaos {

	/** The path of this JDK's {@code jcmd}. */
	public static final String JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();

	private static final boolean FULL = Boolean.getBoolean("chaos.full");

	private static final long SEED = Long.getLong("chaos.seed", FULL ? System.nanoTime() : 1);

	private static final Path REPORT = Path.of("target", "chaos.md");

	private Chaos() {
	}

	/** Returns one of two sizes, short or full. */
	public static int times(int inShortForm, int inFull) {
		return FULL ? inFull : inShortForm;
	}

	/**
	 * The seed of all randomness: {@code -Dchaos.seed}, or a new one in every full run.
	 */
	public static long seed() {
		return SEED;
	}

	/** Returns a random generator that repeats its sequence for the same seed and row. */
	public static Random random(int row) {
		return new Random(SEED * 31 + row);
	}

	/**
	 * Reports a row whose claim held.
	 * @param what what was done to the service
	 * @param figures the numbers that were counted
	 */
	public static void held(int row, String what, String figures) {
		report("| %d | %s | %s | %d |".formatted(row, what, figures, SEED));
	}

	/** Skips a row by name if the machine lacks a prerequisite. */
	public static void need(int row, boolean present, String tool) {
		if (!present) {
			report("| %d | skipped | needs %s | |".formatted(row, tool));
		}
		Assumptions.assumeTrue(present, "Row %d needs %s".formatted(row, tool));
	}

	/** Skips a row by name without a JDK's {@code jcmd}. */
	public static void needJcmd(int row) {
		need(row, answers(JCMD, "-l"), "jcmd of a JDK");
	}

	/** Whether a command exists and succeeds. */
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
