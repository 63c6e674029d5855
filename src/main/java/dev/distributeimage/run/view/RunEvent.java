package dev.distributeimage.run.view;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import dev.distributeimage.run.EventType;

/**
 * Something that happened to a run.
 *
 * @param sequence counts a run's events from 1, without a gap
 * @param type the name of an {@link EventType}; another one, if a newer replica wrote it
 * @param by who asked for it, if a caller did
 * @param step the step at which the run was
 * @param detail what else is known, by name
 */
public record RunEvent(long sequence, Instant at, String type, @Nullable String by, String step,
		Map<String, Object> detail) {
}
