package dev.distributeimage.run.view;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.Warning;
import org.jspecify.annotations.Nullable;

/**
 * The values that the insert has given a new run.
 *
 * @param number its place in lists
 * @param clientToken the caller's, or a generated one
 * @param at the time of the insert
 * @param distributions in the JSON that later reads get, with members in the database's
 * order
 * @param warnings those stored, or null if there are none
 * @param weight the bytes of its inputs, warnings and destinations as shown
 */
public record StartedRun(UUID id, long number, String clientToken, Caller caller, Instant at, Instant deadline,
		@Nullable String distributions, @Nullable Map<String, Object> options, Map<String, String> labels,
		@Nullable List<Warning> warnings, int weight) {
}
