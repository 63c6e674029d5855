package dev.distributeimage.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import dev.distributeimage.api.Destination;
import dev.distributeimage.api.RunView;
import dev.distributeimage.aws.Arn;
import dev.distributeimage.page.RunLine.Label;
import dev.distributeimage.page.RunLine.Recipe;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.PastAttempt;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.Warning;
import dev.distributeimage.run.view.RunEvent;
import dev.distributeimage.run.view.RunSnapshot;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A run on its page.
 *
 * @param now the moment of what is shown
 * @param running whether there is more to come
 * @param next its next call, while it is running
 * @param more how many destinations are not shown, in words; empty if all are
 * @param inputs JSON
 * @param curl a command that gets it
 */
record RunPage(String id, String now, boolean running, long lastEvent, Status status, String name, Recipe recipe,
		Moment started, String took, @Nullable Moment deadline, int attempts, NextCall next, @Nullable Trouble trouble,
		Story story, List<Place> places, RunLine.Regions regions, String more, List<Fact> facts,
		@Nullable String console, @Nullable String buildLog, List<Label> labels, List<Warning> warnings,
		List<Past> past, String inputs, boolean cancellable, boolean retryable, String curl) {

	private static final int MOST_PLACES = 200;

	private static final int LONGEST_INPUTS = 20_000;

	static RunPage of(RunSnapshot run, List<RunEvent> events, String took, boolean mayChange) {
		RunView view = RunView.of(run);
		Story story = Story.of(run, events);
		List<Destination> destinations = view.destinations();
		String partition = partition(run);
		return new RunPage(run.id().toString(), run.readAt().toString(), run.status() == RunStatus.RUNNING,
				run.lastEvent(), Status.of(run), RunLine.name(run), Recipe.of(run),
				Moment.of(run.createdAt(), run.readAt()), took,
				(run.status() == RunStatus.RUNNING) ? Moment.of(run.deadline(), run.readAt()) : null, run.attempts(),
				NextCall.of(run), Trouble.of(run, story.phases()), story,
				destinations.stream()
					.sorted(Comparator.comparing(Place::rank))
					.limit(MOST_PLACES)
					.map((destination) -> Place.of(destination, partition))
					.toList(),
				RunLine.Regions.of(destinations), more(destinations.size() - MOST_PLACES), facts(run),
				Console.image(run.outputs().imageBuildVersionArn()), Console.buildLog(run), Label.of(run.labels()),
				run.warnings(), run.retries().stream().map((past) -> Past.of(past, run)).toList(), inputs(view),
				mayChange && (run.mayStillBuild()
						|| (run.status() == RunStatus.RUNNING && run.cancelRequestedAt() == null)),
				mayChange && Trouble.hasEndedBadly(run), curl(run));
	}

	// Of the same variables as the command line. curl ignores a header that is empty.
	private static String curl(RunSnapshot run) {
		return """
				curl -sS "${DISTRIBUTE_IMAGE_URL:-http://localhost:8080}/v1/runs/%s" \\
				  -H "${DISTRIBUTE_IMAGE_TOKEN:+Authorization: Bearer $DISTRIBUTE_IMAGE_TOKEN}\"""".formatted(run.id());
	}

	private static String more(int notShown) {
		return (notShown > 0) ? Words.counted(notShown, "more is", "more are") : "";
	}

	private static String partition(RunSnapshot run) {
		String arn = (run.infrastructureConfigurationArn() != null) ? run.infrastructureConfigurationArn()
				: run.outputs().distributionConfigurationArn();
		return (arn != null) ? Arn.parse(arn).partition() : "";
	}

	private static List<Fact> facts(RunSnapshot run) {
		List<Fact> facts = new ArrayList<>();
		Image image = run.image();
		add(facts, "Image status", (image != null) ? image.status() : null, false);
		add(facts, "Image", run.outputs().imageBuildVersionArn(), true);
		add(facts, "Distribution configuration", run.outputs().distributionConfigurationArn(), true);
		add(facts, "Account", run.account(), true);
		add(facts, "Client token", run.clientToken(), true);
		add(facts, "Started by", run.createdBy(), false);
		add(facts, "Owner", run.owner(), false);
		return facts;
	}

	private static void add(List<Fact> facts, String title, @Nullable String value, boolean code) {
		if (value != null) {
			facts.add(new Fact(title, value, code));
		}
	}

	private static String inputs(RunView view) {
		String json = JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(view.inputs());
		// Distributions are raw in it.
		String pretty = JsonMapper.shared().readTree(json).toPrettyString();
		return (pretty.length() <= LONGEST_INPUTS) ? pretty : pretty.substring(0, LONGEST_INPUTS) + " …";
	}

	/** A fact about a run. */
	record Fact(String title, String value, boolean code) {
	}

	/** A destination. */
	record Place(String region, String account, Status status, @Nullable String image, @Nullable String link,
			@Nullable String reason) {

		private static final Map<Destination.Status, Status> STATUSES = Map.of(Destination.Status.NOT_STARTED,
				new Status("Not started", "skipped"), Destination.Status.PENDING, new Status("Pending", "pending"),
				Destination.Status.AVAILABLE, new Status("Available", "good"), Destination.Status.FAILED,
				new Status("Failed", "bad"), Destination.Status.UNKNOWN, new Status("Unknown", "off"));

		static Place of(Destination destination, String partition) {
			return new Place(destination.region(), destination.accountId(),
					STATUSES.getOrDefault(destination.status(), new Status(destination.status().name(), "off")),
					destination.image(), Console.ami(partition, destination.region(), destination.image()),
					destination.reason());
		}

		/** Destinations that need attention come first. */
		static int rank(Destination destination) {
			return switch (destination.status()) {
				case FAILED -> 0;
				case UNKNOWN, NOT_STARTED -> 1;
				case PENDING -> 2;
				case AVAILABLE -> 3;
			};
		}

	}

	/** An attempt that was followed by a retry. */
	record Past(Moment at, Status status, String action, @Nullable String by, @Nullable String image) {

		static Past of(PastAttempt attempt, RunSnapshot run) {
			return new Past(Moment.of(attempt.at(), run.readAt()), Status.of(attempt.status()),
					attempt.action().toString(), attempt.by(), attempt.outputs().imageBuildVersionArn());
		}

	}

}
