package dev.distributeimage.api;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.Outputs;
import dev.distributeimage.run.PastAttempt;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.Warning;
import dev.distributeimage.run.view.RunSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A run as callers see it. All members are always present; unknown ones are null.
 *
 * @param warnings those about the request, which was accepted all the same
 * @param cancelRequestedAt the time at which a caller requested the cancellation
 * @param retries the attempt before each retry, oldest first
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record RunView(UUID id, RunStatus status, StepId step, Inputs inputs, Outputs outputs, @Nullable Image image,
		List<Destination> destinations, @Nullable Failure failure, int attempts, @Nullable Instant nextAttemptAt,
		Instant deadline, Map<String, String> labels, List<Warning> warnings, @Nullable Instant cancelRequestedAt,
		List<PastAttempt> retries, @Nullable String createdBy, @Nullable String owner, Instant createdAt,
		Instant updatedAt, @Nullable Instant finishedAt) {

	public static RunView of(RunSnapshot run) {
		return of(run, List.of());
	}

	/**
	 * The run in the response to a request about which there is more to say.
	 * @param more warnings that are not stored with the run
	 */
	static RunView of(RunSnapshot run, List<Warning> more) {
		List<Warning> warnings = Stream.concat(run.warnings().stream(), more.stream()).toList();
		return new RunView(run.id(), run.status(), run.step(), Inputs.of(run), run.outputs(), run.image(),
				Destinations.of(run), run.failure(), run.attempts(), run.nextAttemptAt(), run.deadline(), run.labels(),
				warnings, run.cancelRequestedAt(), run.retries(), run.createdBy(), run.owner(), run.createdAt(),
				run.updatedAt(), run.finishedAt());
	}

	/** The workflow's inputs, as far as they were sent. */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Inputs(@Nullable String distributionName, @JsonRawValue @Nullable String distributions,
			@Nullable String imageRecipeArn, @Nullable String infrastructureConfigurationArn, String clientToken,
			@JsonAnyGetter Map<String, Object> options) {

		static Inputs of(RunSnapshot run) {
			return new Inputs(run.distributionName(), run.distributions(), run.imageRecipeArn(),
					run.infrastructureConfigurationArn(), run.clientToken(), run.options());
		}

	}

}
