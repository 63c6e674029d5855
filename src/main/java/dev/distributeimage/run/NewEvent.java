package dev.distributeimage.run;

import java.util.Map;

/**
 * Something that happened to a run and is not stored yet. It gets its time and number
 * from the statement that stores it.
 */
public record NewEvent(EventType type, StepId step, Map<String, Object> detail) {
}
