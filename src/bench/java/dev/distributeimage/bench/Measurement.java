package dev.distributeimage.bench;

import java.util.Comparator;
import java.util.List;

/**
 * A contestant's turn.
 *
 * @param transitions how many were made
 * @param commits of the whole turn, its start and end included
 * @param used between the start and the end of the last run
 */
record Measurement(String contestant, Load load, long transitions, long commits, Counters used) {

	double perSecond() {
		return this.transitions / (this.used.nanos() / 1e9);
	}

	double per(long count) {
		return (double) count / this.transitions;
	}

	/** The turn whose speed is in the middle. */
	static Measurement median(List<Measurement> turns) {
		return turns.stream()
			.sorted(Comparator.comparing(Measurement::perSecond))
			.skip(turns.size() / 2)
			.findFirst()
			.orElseThrow();
	}

}
