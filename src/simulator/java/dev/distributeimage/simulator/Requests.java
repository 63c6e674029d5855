package dev.distributeimage.simulator;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.distributeimage.simulator.RecordedRequest.Reply;
import org.jspecify.annotations.Nullable;

/**
 * The recorded requests in order of arrival. The oldest are dropped when there are too
 * many.
 */
final class Requests {

	private final int most;

	private final TreeMap<Long, RecordedRequest> recorded = new TreeMap<>();

	private final Map<Operation, Integer> counts = new EnumMap<>(Operation.class);

	private long last;

	Requests(int most) {
		this.most = most;
	}

	synchronized long nextNumber() {
		return ++this.last;
	}

	synchronized void arrived(RecordedRequest request) {
		this.recorded.put(request.number(), request);
		@Nullable Operation operation = request.operation();
		if (operation != null) {
			this.counts.merge(operation, 1, Integer::sum);
		}
		if (this.recorded.size() > this.most) {
			this.recorded.pollFirstEntry();
		}
	}

	synchronized void answered(long number, Reply reply) {
		this.recorded.computeIfPresent(number, (key, request) -> request.with(reply));
	}

	synchronized List<RecordedRequest> all() {
		return List.copyOf(this.recorded.values());
	}

	List<RecordedRequest> of(Operation operation) {
		return all().stream().filter((request) -> request.operation() == operation).toList();
	}

	synchronized int count(Operation operation) {
		return this.counts.getOrDefault(operation, 0);
	}

	synchronized void forget() {
		this.recorded.clear();
		this.counts.clear();
	}

}
