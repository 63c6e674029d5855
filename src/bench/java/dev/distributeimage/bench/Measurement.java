package dev.distributeimage.bench;

import java.util.Comparator;
import java.util.List;

/**
 * A contestant's round.
 *
 * @param transitions the number of transitions
 * @param commits the commits of the whole round, including its start and end
 * @param used the resources from the start to the end of the last run
 */
record Measurement(String contestant, Load load, long transitions, long commits, Counters used) {

	double perSecond() {
		return this.transitions / (this.used.nanos() / 1e9);
	}

	double per(long count) {
		return (double) count / this.transitions;
	}

	/** Returns the round with the median speed. */
	static Measurement median(List<Measurement> rounds) {
		return rounds.stream()
			.sorted(Comparator.comparing(Measurement::perSecond))
			.skip(rounds.size() / 2)
			.findFirst()
			.orElseThrow();
	}

}
