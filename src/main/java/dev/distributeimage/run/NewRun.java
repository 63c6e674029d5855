package dev.distributeimage.run;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A validated request for a run.
 *
 * @param clientToken the caller's token, or null to generate one
 * @param deadline the maximum duration of the run, or null for {@code
 * distribute-image.run.deadline}
 */
public record NewRun(RunInput input, @Nullable String clientToken, Map<String, String> labels,
		@Nullable Duration deadline) {

	/** What a destination takes where the run is shown, in bytes, without a reason. */
	public static final int DESTINATION_WEIGHT = 130;

}
