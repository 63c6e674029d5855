package dev.distributeimage.bench;

import java.lang.management.ManagementFactory;

import com.sun.management.OperatingSystemMXBean;

/**
 * What has been used until a moment; two of them make a difference.
 *
 * @param nanos of {@link System#nanoTime()}
 * @param statements that PostgreSQL was sent, transaction control included
 * @param walBytes written to the log, page images included
 * @param pageImages written to the log
 * @param databaseCpu nanoseconds of the postmaster and all its processes
 * @param jvmCpu nanoseconds of this process
 */
record Counters(long nanos, long statements, long walBytes, long pageImages, long databaseCpu, long jvmCpu) {

	static Counters of(BenchPostgres postgres) {
		long[] database = postgres.counters();
		return new Counters(System.nanoTime(), database[0], database[1], database[2], postgres.cpuNanos(), jvm());
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
