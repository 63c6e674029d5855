package dev.distributeimage.workflow.pace;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.distributeimage.run.Run;

/**
 * How much each account and Region throttles: what share of its last hundred calls or so.
 * It knows nothing of runs: one that is throttled for the first time is as much too many
 * as one that was throttled ten times.
 */
public class Throttles {

	private static final double WEIGHT_OF_A_CALL = 0.01;

	private static final double FORGOTTEN = 0.001;

	private final Map<String, Double> shares = new ConcurrentHashMap<>();

	/** A call of this run was made. */
	public void called(Run run, boolean throttled) {
		double last = throttled ? 1 : 0;
		this.shares.compute(place(run), (place, before) -> {
			double share = (before != null) ? before : 0;
			share += (last - share) * WEIGHT_OF_A_CALL;
			return (share < FORGOTTEN) ? null : share;
		});
	}

	/** From 0 to 1. */
	double share(Run run) {
		return this.shares.getOrDefault(place(run), 0.0);
	}

	private static String place(Run run) {
		return run.account() + "/" + run.region();
	}

}
