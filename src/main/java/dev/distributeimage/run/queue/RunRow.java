package dev.distributeimage.run.queue;

import java.util.List;
import java.util.function.Function;

import dev.distributeimage.run.postgres.ArrayRows.Column;
import org.jspecify.annotations.Nullable;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.Next;
import dev.distributeimage.run.EventType;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.Term;
import dev.distributeimage.run.postgres.ArrayRows;

/** What runs have come to, as the writer's statements take it. */
final class RunRow {

	static final ArrayRows<Run> ROWS = new ArrayRows<>(List.of(new Column<Run>("id", "uuid", Run::id),
			new Column<Run>("version", "integer", Run::version), new Column<Run>("status", "run_status", Run::status),
			new Column<Run>("step", "step_id", Run::step),
			new Column<Run>("next", "text", (run) -> run.next().getClass().getSimpleName()),
			new Column<Run>("pause", "interval", (run) -> pauseOf(run.next())),
			new Column<Run>("attempts", "integer", Run::attempts),
			new Column<Run>("failed_calls", "integer", Run::failedCalls),
			new Column<Run>("missing_polls", "integer", Run::missingPolls),
			new Column<Run>("unanswered_since", "timestamptz", Run::unansweredSince),
			new Column<Run>("create_image_token", "text", Run::createImageToken),
			new Column<Run>("distribution_configuration_arn", "text", Run::distributionConfigurationArn),
			new Column<Run>("image_build_version_arn", "text", Run::imageBuildVersionArn),
			new Column<Run>("final_status", "text", Run::finalStatus),
			new Column<Run>("image_status", "text", (run) -> ofImage(run, Image::status)),
			new Column<Run>("image_reason", "text", (run) -> ofImage(run, Image::reason)),
			new Column<Run>("image_amis", "jsonb", (run) -> ofImage(run, Image::amisToStore)),
			new Column<Run>("image_containers", "jsonb", (run) -> ofImage(run, Image::containersToStore)),
			new Column<Run>("failure", "jsonb", Run::failure),
			new Column<Run>("cancel_seen", "boolean", (run) -> run.cancelRequestedAt() != null),
			new Column<Run>("cancel_answered", "boolean", Run::isCancelAnswered),
			new Column<Run>("image_request", "image_request", Run::imageRequest),
			new Column<Run>("build_finished", "boolean", Run::isBuildFinished),
			new Column<Run>("stale_end", "text", Run::staleEnd),
			new Column<Run>("stale_end_until", "timestamptz", Run::staleEndUntil),
			new Column<Run>("new_term", "text", RunRow::newTerm), new Column<Run>("events", "jsonb", Run::newEvents)));

	private RunRow() {
	}

	private static @Nullable Object newTerm(Run run) {
		String image = run.imageBuildVersionArn();
		boolean built = run.newEvents()
			.stream()
			.anyMatch((event) -> event.type() == EventType.STEP_BEGUN && event.step() == StepId.GET_IMAGE);
		return (built && image != null) ? Term.ofImage(image).text() : null;
	}

	private static @Nullable Object ofImage(Run run, Function<Image, @Nullable Object> part) {
		return (run.image() != null) ? part.apply(run.image()) : null;
	}

	private static @Nullable Object pauseOf(Next next) {
		return (next instanceof Next.After after) ? after.pause() : null;
	}

}
