package dev.distributeimage.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/** All ordered faults. Counted ones go before permanent ones, older ones before newer. */
final class Faults {

	static final int ALWAYS = Integer.MAX_VALUE;

	private final List<FaultRule> rules = new ArrayList<>();

	private int last;

	FaultScope scope(@Nullable Operation operation, int times) {
		return new FaultScope(this, times, (request) -> operation == null || operation == request.operation());
	}

	synchronized FaultRule add(Predicate<RecordedRequest> condition, int times, Fault fault) {
		FaultRule rule = new FaultRule(++this.last, condition, times, fault);
		this.rules.add(rule);
		return rule;
	}

	synchronized Optional<FaultRule> striking(RecordedRequest request) {
		for (boolean counted : new boolean[] { true, false }) {
			for (FaultRule rule : this.rules) {
				if (rule.isCounted() == counted && rule.strikes(request)) {
					return Optional.of(rule);
				}
			}
		}
		return Optional.empty();
	}

	synchronized List<FaultRule> all() {
		return List.copyOf(this.rules);
	}

	Optional<FaultRule> find(int id) {
		return all().stream().filter((rule) -> rule.id() == id).findFirst();
	}

	/** Removes all faults and releases the calls that they hold. */
	synchronized void clear() {
		this.rules.forEach(FaultRule::release);
		this.rules.clear();
	}

}
