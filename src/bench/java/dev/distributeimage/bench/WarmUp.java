package dev.distributeimage.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Collection;
import java.util.function.LongSupplier;

/**
 * Asks until the compiler is idle: it takes a quarter of two processors for half a
 * minute.
 */
final class WarmUp {

	/** A warm-up round; there are as many as the compiler needs. */
	private static final Duration TIME = Duration.ofSeconds(10);

	private static final int MOST = Integer.getInteger("bench.warmUps", 12);

	/** As a share of one processor. */
	private static final double LITTLE_COMPILING = 0.05;

	private WarmUp() {
	}

	/** Asks each of these, round after round. They are of this process. */
	static void of(String request, Collection<Asking> all) throws IOException, InterruptedException {
		of(request, ManagementFactory.getCompilationMXBean()::getTotalCompilationTime, all);
	}

	/** Asks a process that has spent this many milliseconds with compiling. */
	static void of(String request, LongSupplier compilation, Collection<Asking> all)
			throws IOException, InterruptedException {
		int warmUps = 0;
		long compiling;
		do {
			compiling = 0;
			for (Asking one : all) {
				long before = compilation.getAsLong();
				one.ask(TIME);
				compiling = Math.max(compiling, compilation.getAsLong() - before);
			}
			System.out.printf("%s: %d ms of compiling in %d s%n", request, compiling, TIME.toSeconds());
		}
		while (++warmUps < MOST && compiling > TIME.toMillis() * LITTLE_COMPILING);
	}

	/** Asks for a time. */
	interface Asking {

		void ask(Duration time) throws IOException, InterruptedException;

	}

}
