package dev.distributeimage.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * What runs have come to, as the writer's statements take it: an array for every column.
 * PostgreSQL takes arrays apart in half of the time that a JSON document takes.
 */
final class Outcomes {

	private static final List<Column> COLUMNS = List.of(new Column("id", "uuid", Run::id),
			new Column("version", "bigint", Run::version), new Column("status", "text", Run::status),
			new Column("step", "text", Run::step),
			new Column("next", "text", (run) -> run.next().getClass().getSimpleName()),
			new Column("pause", "interval", (run) -> pauseOf(run.next())),
			new Column("attempts", "integer", Run::attempts), new Column("failed_calls", "integer", Run::failedCalls),
			new Column("missing_polls", "integer", Run::missingPolls),
			new Column("unanswered_since", "timestamptz", Run::unansweredSince),
			new Column("create_image_token", "text", Run::createImageToken),
			new Column("distribution_configuration_arn", "text", Run::distributionConfigurationArn),
			new Column("image_build_version_arn", "text", Run::imageBuildVersionArn),
			new Column("final_status", "text", Run::finalStatus),
			new Column("image_changed", "boolean", Run::isImageChanged),
			new Column("image", "jsonb", (run) -> run.isImageChanged() ? run.image() : null),
			new Column("failure", "jsonb", Run::failure),
			new Column("cancel_seen", "boolean", (run) -> run.cancelRequestedAt() != null),
			new Column("cancel_answered", "boolean", Run::isCancelAnswered),
			new Column("image_request", "text", Run::imageRequest),
			new Column("build_finished", "boolean", Run::isBuildFinished),
			new Column("disbelieved_status", "text", Run::disbelievedStatus),
			new Column("disbelieved_until", "timestamptz", Run::disbelievedUntil),
			new Column("events", "jsonb", Run::newEvents));

	/** The outcomes as rows, for a statement with {@link #parameters}. */
	static final String ROWS = "select * from unnest(%s) as outcome (%s)".formatted(
			String.join(", ", COLUMNS.stream().map(Column::array).toList()),
			String.join(", ", COLUMNS.stream().map(Column::name).toList()));

	private Outcomes() {
	}

	/** The parameters by their names. */
	static Map<String, Object> parameters(List<Run> runs, JsonMapper json) {
		Map<String, Object> parameters = new LinkedHashMap<>();
		for (Column column : COLUMNS) {
			parameters.put(column.name(), runs.stream().map((run) -> column.text(run, json)).toArray(String[]::new));
		}
		return parameters;
	}

	private static @Nullable Object pauseOf(Next next) {
		return (next instanceof Next.After after) ? after.pause() : null;
	}

	/**
	 * A column.
	 *
	 * @param type PostgreSQL's
	 */
	private record Column(String name, String type, Function<Run, @Nullable Object> value) {

		private String array() {
			return "cast(:%s as %s[])".formatted(this.name, this.type);
		}

		private @Nullable String text(Run run, JsonMapper json) {
			Object value = this.value.apply(run);
			if (value == null) {
				return null;
			}
			return this.type.equals("jsonb") ? json.writeValueAsString(value) : value.toString();
		}

	}

}
