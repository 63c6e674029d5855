package dev.distributeimage.run.queue;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

import dev.distributeimage.aws.Place;
import dev.distributeimage.run.Calls;
import dev.distributeimage.run.Cancel;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.ImageWatch;
import dev.distributeimage.run.ImageWatch.StaleEnd;
import dev.distributeimage.run.LastImage;
import dev.distributeimage.run.Outputs;
import dev.distributeimage.run.PastAttempt;
import dev.distributeimage.run.Progress;
import dev.distributeimage.run.Retry;
import dev.distributeimage.run.RetryCall;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunOptions;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.RunValues;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.Tokens;
import dev.distributeimage.run.UnstoredImage;
import dev.distributeimage.run.WorkflowId;
import dev.distributeimage.run.postgres.ArrayRows;
import dev.distributeimage.run.postgres.Columns;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/** Maps the engine's {@link Run} to its row and back; no other class does. */
@Component
final class RunRow {

	/** Columns that {@link #run} reads. */
	static final String COLUMNS = """
			id, workflow, region, account, status, step, deadline, distribution_configuration_arn, image_build_version_arn,
			  final_status, attempts, failed_calls, unanswered_since, failure, image_status, image_reason, image_digest,
			  image_status_since, missing_polls, build_finished, stale_end, stale_end_until, cancel_requested_at,
			  cancel_token, cancel_answered, retry_call, retry_image_token, retries,
			  create_distribution_configuration_token, create_image_token, lost_since""";

	/** Columns that {@link #input} reads. */
	static final String INPUT_COLUMNS = """
			run_id, distribution_name, distributions, image_recipe_arn, infrastructure_configuration_arn, options""";

	/** The key of an outcome, and the pause until the run is due next. */
	static final ArrayRows<Outcome> POSTPONED = ArrayRows.of(Outcome.class)
		.column("id", "uuid", (outcome) -> outcome.run().id())
		.column("version", "integer", Outcome::version)
		.column("claimed", "boolean", Outcome::claimed)
		.column("pause", "interval", Outcome::pause)
		.column("cancel_seen", "boolean", (outcome) -> outcome.run().cancel().isRequested())
		.build();

	/** The same for a run that has changed further, with the number of its events. */
	static final ArrayRows<Outcome> KEYS = POSTPONED.and(ArrayRows.of(Outcome.class)
		.column("goes_on", "boolean", (outcome) -> outcome.run().goesOnAtOnce())
		.column("new_term", "text", Outcome::newTerm)
		.column("events", "integer", (outcome) -> outcome.run().newEvents().size())
		.build());

	/** Columns that calls change. */
	static final ArrayRows<Outcome> CHANGED_BY_CALLS = ArrayRows.of(Outcome.class)
		.column("status", "run_status", of((values) -> values.progress().status()))
		.column("step", "step_id", of((values) -> values.progress().step()))
		.column("attempts", "integer", of((values) -> values.calls().attempts()))
		.column("failed_calls", "integer", of((values) -> values.calls().failed()))
		.column("unanswered_since", "timestamptz", of((values) -> values.calls().unansweredSince()))
		.column("failure", "jsonb", of((values) -> values.calls().last()))
		.column("missing_polls", "integer", of((values) -> values.image().missing()))
		.column("build_finished", "boolean", of((values) -> values.image().built()))
		.column("stale_end", "text", ofStaleEnd(StaleEnd::status))
		.column("stale_end_until", "timestamptz", ofStaleEnd(StaleEnd::until))
		.column("image_status", "text", ofImage(LastImage::status))
		.column("image_reason", "text", ofImage(LastImage::reason))
		.column("image_digest", "text", ofImage(LastImage::digest))
		.column("distribution_configuration_arn", "text",
				of((values) -> values.outputs().distributionConfigurationArn()))
		.column("image_build_version_arn", "text", of((values) -> values.outputs().imageBuildVersionArn()))
		.column("final_status", "text", of((values) -> values.outputs().finalStatus()))
		.column("create_image_token", "text", of((values) -> values.tokens().createImage()))
		.column("cancel_answered", "boolean", of((values) -> values.cancel().answered()))
		.column("retry_call", "retry_call", of((values) -> values.retry().nextCall()))
		.build();

	/**
	 * Columns of the image that the engine does not read, because they may take
	 * megabytes.
	 */
	static final ArrayRows<Outcome> IMAGE = ArrayRows.of(Outcome.class)
		.column("image_failure_context", "jsonb", ofUnstored((unstored) -> unstored.image().failureContext()))
		.column("image_amis", "jsonb", ofUnstored((unstored) -> unstored.image().amisToStore()))
		.column("image_containers", "jsonb", ofUnstored((unstored) -> unstored.image().containersToStore()))
		.build();

	/**
	 * The weight of these columns, and whether they are stored already: then all stay as
	 * they are.
	 */
	static final ArrayRows<Outcome> IMAGE_WEIGHT = ArrayRows.of(Outcome.class)
		.column("image_is_stored", "boolean", RunRow::isImageStored)
		.column("image_weight", "integer", ofUnstored(UnstoredImage::weight))
		.column("image_repeated_weight", "integer", ofUnstored(UnstoredImage::repeatedWeight))
		.build();

	/** Columns that only callers' requests change. */
	static final ArrayRows<Outcome> CHANGED_BY_REQUESTS = ArrayRows.of(Outcome.class)
		.column("deadline", "timestamptz", of((values) -> values.progress().deadline()))
		.column("create_distribution_configuration_token", "text",
				of((values) -> values.tokens().createDistributionConfiguration()))
		.column("cancel_requested_at", "timestamptz", of((values) -> values.cancel().requestedAt()))
		.column("cancel_token", "text", of((values) -> values.cancel().token()))
		.column("retry_image_token", "text", of((values) -> values.retry().token()))
		.column("retries", "jsonb", of((values) -> values.retry().past()))
		.build();

	private static final TypeReference<List<PastAttempt>> RETRIES = new TypeReference<>() {
	};

	private final JsonMapper json;

	// JSON with unknown members was written by a later version, which must handle the run
	// itself.
	RunRow(JsonMapper json) {
		this.json = json.rebuild().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
	}

	private static Function<Outcome, @Nullable Object> of(Function<RunValues, @Nullable Object> value) {
		return (outcome) -> value.apply(outcome.run().values());
	}

	private static Function<Outcome, @Nullable Object> ofImage(Function<LastImage, @Nullable Object> part) {
		return of((values) -> (values.image().last() != null) ? part.apply(values.image().last()) : null);
	}

	private static Function<Outcome, @Nullable Object> ofUnstored(Function<UnstoredImage, @Nullable Object> part) {
		return ofImage((last) -> (last.unstored() != null) ? part.apply(last.unstored()) : null);
	}

	private static boolean isImageStored(Outcome outcome) {
		LastImage last = outcome.run().image().last();
		return last != null && last.unstored() == null;
	}

	private static Function<Outcome, @Nullable Object> ofStaleEnd(Function<StaleEnd, @Nullable Object> part) {
		return of((values) -> (values.image().stale() != null) ? part.apply(values.image().stale()) : null);
	}

	Run run(ResultSet row) throws SQLException {
		RunValues values = new RunValues(
				new Progress(WorkflowId.of(row.getString("workflow")), RunStatus.valueOf(row.getString("status")),
						StepId.of(row.getString("step")), Columns.time(row, "deadline")),
				outputs(row), calls(row), image(row), cancel(row), retry(row),
				new Tokens(row.getString("create_distribution_configuration_token"),
						row.getString("create_image_token"), Columns.timeOrNull(row, "lost_since")));
		return new Run(row.getObject("id", UUID.class), new Place(row.getString("account"), row.getString("region")),
				values);
	}

	/** Reads the request; null if the row has none. */
	@Nullable RunInput input(ResultSet row) throws SQLException {
		if (row.getString("run_id") == null) {
			return null;
		}
		JsonNode options = tree(row, "options");
		return new RunInput(row.getString("distribution_name"), tree(row, "distributions"),
				row.getString("image_recipe_arn"), row.getString("infrastructure_configuration_arn"),
				(options != null) ? new RunOptions(options) : RunOptions.NONE);
	}

	private @Nullable JsonNode tree(ResultSet row, String column) throws SQLException {
		return Columns.jsonOrNull(row, column, JsonNode.class, this.json);
	}

	private static Outputs outputs(ResultSet row) throws SQLException {
		return new Outputs(row.getString("distribution_configuration_arn"), row.getString("image_build_version_arn"),
				row.getString("final_status"));
	}

	private Calls calls(ResultSet row) throws SQLException {
		return new Calls(row.getInt("attempts"), row.getInt("failed_calls"),
				Columns.timeOrNull(row, "unanswered_since"),
				Columns.jsonOrNull(row, "failure", Failure.class, this.json));
	}

	private static ImageWatch image(ResultSet row) throws SQLException {
		String staleEnd = row.getString("stale_end");
		Instant staleUntil = Columns.timeOrNull(row, "stale_end_until");
		LastImage last = LastImage.ofStored(row.getString("image_status"), row.getString("image_reason"),
				row.getString("image_digest"));
		return new ImageWatch(last, Columns.timeOrNull(row, "image_status_since"), row.getInt("missing_polls"),
				row.getBoolean("build_finished"),
				(staleEnd != null && staleUntil != null) ? new StaleEnd(staleEnd, staleUntil) : null);
	}

	private static Cancel cancel(ResultSet row) throws SQLException {
		return new Cancel(Columns.timeOrNull(row, "cancel_requested_at"), row.getString("cancel_token"),
				row.getBoolean("cancel_answered"));
	}

	private Retry retry(ResultSet row) throws SQLException {
		String next = row.getString("retry_call");
		String retries = row.getString("retries");
		return new Retry((next != null) ? RetryCall.of(next) : null, row.getString("retry_image_token"),
				retries.equals("[]") ? List.of() : this.json.readValue(retries, RETRIES));
	}

}
