package dev.distributeimage.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Events of a run that are not stored yet. */
final class EventLog {

	/**
	 * The maximum number of failed calls per step that are kept as events; later ones are
	 * only counted.
	 */
	static final int FAILED_CALLS_KEPT = 200;

	private final List<NewEvent> events = new ArrayList<>();

	/** Adds an event; null values are omitted. */
	void add(EventType type, StepId step, @Nullable Object... namesAndValues) {
		Map<String, Object> detail = new LinkedHashMap<>();
		for (int i = 0; i < namesAndValues.length; i += 2) {
			Object value = namesAndValues[i + 1];
			if (value != null) {
				detail.put(String.valueOf(namesAndValues[i]), value);
			}
		}
		this.events.add(new NewEvent(type, step, detail));
	}

	/** Adds a failed call, up to the maximum per step. */
	void addFailed(StepId step, Failure failed, int failedCalls) {
		if (failedCalls <= FAILED_CALLS_KEPT) {
			add(EventType.CALL_FAILED, step, "operation", failed.operation(), "code", failed.code(), "message",
					failed.message(), "requestId", failed.requestId());
		}
	}

	/** Returns the events in order. */
	List<NewEvent> events() {
		return this.events;
	}

	void clear() {
		this.events.clear();
	}

}
