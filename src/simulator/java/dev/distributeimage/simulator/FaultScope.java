package dev.distributeimage.simulator;

import java.util.Random;
import java.util.function.Predicate;

/** The requests that a fault strikes: a fluent builder that ends with the fault. */
public final class FaultScope {

	private final Faults faults;

	private final int times;

	private final Predicate<RecordedRequest> condition;

	FaultScope(Faults faults, int times, Predicate<RecordedRequest> condition) {
		this.faults = faults;
		this.times = times;
		this.condition = condition;
	}

	/** Restricts the fault to calls of this Region. */
	public FaultScope inRegion(String region) {
		return when((request) -> region.equals(request.region()));
	}

	/** Restricts the fault to calls whose parameters, as JSON, contain this text. */
	public FaultScope mentioning(String text) {
		return when((request) -> request.parameters().toString().contains(text));
	}

	/** Restricts the fault to requests that match. */
	public FaultScope when(Predicate<RecordedRequest> other) {
		return new FaultScope(this.faults, this.times, this.condition.and(other));
	}

	/**
	 * Restricts the fault to this share of the calls; the same seed and order select the
	 * same calls.
	 */
	public FaultScope withProbability(double share, long seed) {
		Random random = new Random(seed);
		return when((request) -> random.nextDouble() < share);
	}

	/** Orders the fault. */
	public FaultRule meet(Fault fault) {
		return this.faults.add(this.condition, this.times, fault);
	}

	public FaultRule fail(int status, String code) {
		return meet(Fault.error(status, code));
	}

	public FaultRule hang() {
		return meet(Fault.hang());
	}

	public FaultRule reset() {
		return meet(Fault.reset());
	}

}
