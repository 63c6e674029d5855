package dev.distributeimage.run;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A validated request for a run.
 *
 * @param clientToken the caller's token, or null to generate one
 * @param deadline the maximum duration of the run, or null for {@code
 * distribute-image.run.deadline}
 */
public record NewRun(RunInput input, @Nullable String clientToken, Map<String, String> labels,
		@Nullable Duration deadline) {

	/** The size of a destination where the run is shown, in bytes, without a reason. */
	public static final int DESTINATION_WEIGHT = 130;

	/** The warnings about the request, which is valid all the same. */
	public List<Warning> warnings() {
		JsonNode distributions = this.input.distributions();
		return (distributions != null) ? OutputWarnings.of(distributions, this.input.options().executionRole() != null)
				: List.of();
	}

}
