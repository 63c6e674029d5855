package dev.distributeimage.workflow.pace;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import org.jspecify.annotations.Nullable;

/**
 * Measures how much each account and Region throttles: an exponential moving average over
 * roughly the last hundred calls. It does not distinguish runs, because a run that is
 * throttled for the first time adds as much load as one throttled ten times.
 */
public class Throttles {

	private static final double CALL_WEIGHT = 0.01;

	private static final double NEGLIGIBLE = 0.001;

	private final Map<Place, Double> shares = new ConcurrentHashMap<>();

	/** Counts a call that succeeded. */
	public void succeeded(Place place) {
		called(place, false);
	}

	/** Counts a call that failed, if AWS was called. */
	public void failed(Place place, ImageBuilderException ex) {
		if (!ex.isStsUnanswered()) {
			called(place, ex.isThrottled());
		}
	}

	void called(Place place, boolean throttled) {
		double sample = throttled ? 1 : 0;
		this.shares.compute(place, (key, before) -> updated(before, sample));
	}

	/** Forgets all Regions but these. */
	public void forgetAllBut(Set<String> regions) {
		this.shares.keySet().removeIf((place) -> !regions.contains(place.region()));
	}

	private static @Nullable Double updated(@Nullable Double before, double sample) {
		double share = (before != null) ? before : 0;
		share += (sample - share) * CALL_WEIGHT;
		return (share < NEGLIGIBLE) ? null : share;
	}

	/** Returns the share of throttled calls, from 0 to 1. */
	double share(Place place) {
		return this.shares.getOrDefault(place, 0.0);
	}

}
