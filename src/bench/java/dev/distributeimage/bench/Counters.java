package dev.distributeimage.bench;

import java.lang.management.ManagementFactory;

import com.sun.management.OperatingSystemMXBean;

/**
 * The resources used up to a moment; two of them are subtracted.
 *
 * @param nanos {@link System#nanoTime()}
 * @param statements the statements sent to PostgreSQL, transaction control included
 * @param walBytes the bytes written to the log, page images included
 * @param pageImages the page images written to the log
 * @param databaseCpu the nanoseconds of the postmaster and all its processes
 * @param jvmCpu the nanoseconds of the JVM that is measured
 */
record Counters(long nanos, long statements, long walBytes, long pageImages, long databaseCpu, long jvmCpu) {

	/** What is measured is in this process. */
	static Counters of(BenchPostgres postgres) {
		return of(postgres, jvm());
	}

	static Counters of(BenchPostgres postgres, long jvmCpu) {
		long[] database = postgres.counters();
		return new Counters(System.nanoTime(), database[0], database[1], database[2], postgres.cpuNanos(), jvmCpu);
	}

	Counters minus(Counters earlier) {
		return new Counters(this.nanos - earlier.nanos, this.statements - earlier.statements,
				this.walBytes - earlier.walBytes, this.pageImages - earlier.pageImages,
				this.databaseCpu - earlier.databaseCpu, this.jvmCpu - earlier.jvmCpu);
	}

	private static long jvm() {
		return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
	}

}
