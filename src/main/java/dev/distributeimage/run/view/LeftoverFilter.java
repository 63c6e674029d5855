package dev.distributeimage.run.view;

import java.time.Duration;

import dev.distributeimage.run.LeftoverKind;
import org.jspecify.annotations.Nullable;

/**
 * What a list of leftovers is limited to; null where it is not.
 *
 * @param olderThan for how long the leftovers have been of no use at least
 * @param owner the owner of the runs that left them
 */
public record LeftoverFilter(@Nullable LeftoverKind kind, @Nullable String region, @Nullable String accountId,
		@Nullable Duration olderThan, @Nullable String owner) {
}
