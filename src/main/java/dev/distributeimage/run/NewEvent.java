package dev.distributeimage.run;

import java.util.Map;

/**
 * An event that is not stored yet; the statement that stores it sets its time and number.
 */
public record NewEvent(EventType type, StepId step, Map<String, Object> detail) {
}
