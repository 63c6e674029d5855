package dev.distributeimage.simulator;

import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CountDownLatch;

/** Runs the simulator in a process of its own. */
public final class SimulatorMain {

	private static final int PORT = 8099;

	private SimulatorMain() {
	}

	/**
	 * Starts the container's process. Java 25 needs no public main, and a second one would
	 * be in the way of {@code spring-boot:test-run}.
	 */
	@SuppressWarnings("IncorrectMainMethod")
	static void main(String... args) throws InterruptedException {
		run(args);
	}

	/**
	 * Returns only for {@code --help}. A failure to start ends the process with a sentence
	 * and status 1.
	 */
	public static void run(String... args) throws InterruptedException {
		if (List.of(args).contains("--help")) {
			System.out.print(Help.text());
			return;
		}
		try (Simulator simulator = Simulator.start(settings(args))) {
			System.out.println("Image Builder is simulated at " + simulator.endpoint() + " (help: GET /__simulator)");
			new CountDownLatch(1).await();
		}
		catch (IllegalArgumentException | UncheckedIOException ex) {
			System.err.println(ex.getMessage());
			System.exit(1);
		}
	}

	static SimulatorSettings settings(String... args) {
		SimulatorSettings settings = SimulatorSettings.defaults().withPort(PORT).withPace(Durations.parse("2s"));
		Deque<String> words = new ArrayDeque<>();
		for (String arg : args) {
			words.addAll(List.of(arg.split("=", 2)));
		}
		while (!words.isEmpty()) {
			settings = option(settings, words);
		}
		return settings;
	}

	private static SimulatorSettings option(SimulatorSettings settings, Deque<String> words) {
		String option = words.remove();
		try {
			return switch (option) {
				case "--host" -> settings.withHost(words.remove());
				case "--port" -> settings.withPort(Integer.parseInt(words.remove()));
				case "--account" -> settings.withAccount(words.remove());
				case "--pace" -> settings.withPace(Durations.parse(words.remove()));
				case "--token-lifetime" -> settings.withTokenLifetime(Durations.parse(words.remove()));
				case "--name-before-token" -> settings.withNameBeforeToken(true);
				case "--concurrent-builds" -> settings.withConcurrentBuilds(Integer.parseInt(words.remove()));
				case "--strict-recipes" -> settings.withStrictRecipes(true);
				case "--unsigned-region" -> settings.withUnsignedRegion(words.remove());
				default -> throw new IllegalArgumentException("Unknown option " + option + "; see --help");
			};
		}
		catch (NoSuchElementException ex) {
			throw new IllegalArgumentException(option + " needs a value; see --help", ex);
		}
		catch (NumberFormatException ex) {
			throw new IllegalArgumentException(option + " needs a number; see --help", ex);
		}
	}

}
