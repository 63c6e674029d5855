package dev.distributeimage.run.view;

import java.time.Duration;

import dev.distributeimage.run.LeftoverKind;
import org.jspecify.annotations.Nullable;

/**
 * Filters of a list of leftovers, each null if it is not set.
 *
 * @param olderThan the minimum time for which the leftovers have been of no use
 * @param owner the owner of the runs that left them
 */
public record LeftoverFilter(@Nullable LeftoverKind kind, @Nullable String region, @Nullable String accountId,
		@Nullable Duration olderThan, @Nullable String owner) {
}
