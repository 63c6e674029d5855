package dev.distributeimage.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.distributeimage.simulator.Phase.Showing;

/**
 * The phases of one image in order. The visible state follows from the time alone;
 * nothing runs in the background.
 */
record Timeline(List<Phase> phases) {

	Timeline {
		phases = List.copyOf(phases);
	}

	static Timeline of(Ending ending, Instant start, Duration pace) {
		return new Timeline(List.of()).then(ending.showings(), start, pace);
	}

	/** The phase at that moment; the first one if none has begun. */
	Phase at(Instant now) {
		List<Phase> seen = until(now);
		return seen.isEmpty() ? this.phases.get(0) : seen.get(seen.size() - 1);
	}

	/** The phases that have begun by that moment. */
	List<Phase> until(Instant now) {
		return this.phases.stream().filter((phase) -> !phase.from().isAfter(now)).toList();
	}

	boolean reached(String status, Instant now) {
		return until(now).stream().anyMatch((phase) -> phase.is(status));
	}

	/**
	 * A copy with the same past and another future: replaces the phases that have not
	 * begun by {@code now}.
	 */
	Timeline changed(Instant now, List<Showing> showings, Instant start, Duration pace) {
		return new Timeline(until(now)).then(showings, start, pace);
	}

	private Timeline then(List<Showing> showings, Instant start, Duration pace) {
		List<Phase> all = new ArrayList<>(this.phases);
		for (int index = 0; index < showings.size(); index++) {
			all.add(new Phase(start.plus(pace.multipliedBy(index)), showings.get(index)));
		}
		return new Timeline(all);
	}

}
