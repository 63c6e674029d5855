package dev.distributeimage.page;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

import dev.distributeimage.run.EventType;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.view.RunEvent;
import dev.distributeimage.run.view.RunSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The course of a run, from its latest events.
 *
 * @param steps the three steps as a line
 * @param phases the statuses of the image, in order
 * @param events the newest first
 * @param earlier whether there are events before these
 */
record Story(List<StepLine> steps, List<Phase> phases, List<Entry> events, int failures, boolean earlier) {

	private static final Set<String> KNOWN = Set.of("PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING",
			"INTEGRATING", "AVAILABLE", "FAILED", "CANCELLED");

	/** The width of all phases together. */
	private static final int WIDTH = 1_000;

	static Story of(RunSnapshot run, List<RunEvent> events) {
		List<Entry> entries = new ArrayList<>();
		events.forEach((event) -> entries.add(0, Entry.of(event, run.readAt())));
		int failures = (int) entries.stream().filter(Entry::failure).count();
		return new Story(StepLines.of(run).stream().map((step) -> StepLine.of(step, run, events)).toList(),
				phases(run, events), entries, failures, !events.isEmpty() && events.get(0).sequence() > 1);
	}

	// A retry may begin with another image.
	private static List<Phase> phases(RunSnapshot run, List<RunEvent> events) {
		List<Seen> seen = new ArrayList<>();
		for (RunEvent event : events) {
			if (is(event, EventType.RETRY_REQUESTED)) {
				seen.clear();
			}
			String status = Objects.toString(event.detail().get("status"), null);
			if (is(event, EventType.IMAGE_STATUS) && status != null
					&& (seen.isEmpty() || !seen.get(seen.size() - 1).status().equals(status))) {
				seen.add(new Seen(status, event.at()));
			}
		}
		Instant end = (run.finishedAt() != null) ? run.finishedAt() : run.readAt();
		List<Phase> phases = new ArrayList<>();
		for (int i = 0; i < seen.size(); i++) {
			Instant begin = seen.get(0).at();
			Instant until = (i + 1 < seen.size()) ? seen.get(i + 1).at() : end;
			boolean last = run.finishedAt() != null && i + 1 == seen.size();
			phases.add(new Phase(seen.get(i).status(), Moment.of(seen.get(i).at(), run.readAt()),
					last ? "" : Spans.exact(Duration.between(seen.get(i).at(), until)),
					scaled(begin, seen.get(i).at(), begin, end), scaled(seen.get(i).at(), until, begin, end),
					color(seen.get(i).status())));
		}
		return phases;
	}

	private static int scaled(Instant from, Instant to, Instant begin, Instant end) {
		long all = Math.max(1, Duration.between(begin, end).toMillis());
		return (int) (WIDTH * Math.max(0, Duration.between(from, to).toMillis()) / all);
	}

	// AWS may have new ones.
	private static String color(String status) {
		return KNOWN.contains(status) ? status.toLowerCase(Locale.ROOT) : "other";
	}

	static boolean is(RunEvent event, EventType type) {
		return event.type().equals(type.name());
	}

	/** How many calls of the step have failed, as far as the event says. */
	private static long failedCalls(RunEvent event) {
		return (event.detail().get("failedCalls") instanceof Number number) ? number.longValue() : 0;
	}

	/** A status, and when it was first seen. */
	private record Seen(String status, Instant at) {
	}

	/**
	 * A status of the image.
	 *
	 * @param lasted empty for the last one
	 * @param x where it begins among all phases, in thousandths
	 * @param width how much of them it takes
	 * @param color names its colour
	 */
	record Phase(String word, Moment at, String lasted, int x, int width, String color) {
	}

	/**
	 * A step of the line.
	 *
	 * @param kind how it stands
	 * @param word the same in words
	 * @param failed how many calls failed, in words; empty if none did
	 */
	record StepLine(String title, String operation, String kind, String word, @Nullable Moment begun, String lasted,
			String failed) {

		static StepLine of(StepId step, RunSnapshot run, List<RunEvent> events) {
			@Nullable Instant begun = null;
			@Nullable Instant ended = null;
			long failed = 0;
			for (RunEvent event : events) {
				if (!event.step().equals(step.toString())) {
					continue;
				}
				if (is(event, EventType.STEP_BEGUN)) {
					begun = event.at();
					ended = null;
					failed = 0;
				}
				else if (is(event, EventType.STEP_ENDED) || is(event, EventType.ENDED)) {
					ended = event.at();
					// Not every failed call has an event.
					failed = Math.max(failed, failedCalls(event));
				}
				failed += is(event, EventType.CALL_FAILED) ? 1 : 0;
			}
			String kind = StepLines.kind(step, run);
			boolean counts = begun != null && !kind.equals("next");
			Instant until = (ended != null) ? ended : run.readAt();
			return new StepLine(StepLines.title(step), step.operation(), kind, word(kind),
					counts ? Moment.ofNullable(begun, run.readAt()) : null,
					(counts && begun != null) ? Spans.exact(Duration.between(begun, until)) : "",
					(counts && failed > 0) ? Words.counted(failed, "failed call", "failed calls") : "");
		}

		private static String word(String kind) {
			return switch (kind) {
				case "good" -> "Done";
				case "running" -> "In progress";
				case "bad" -> "Failed";
				case "off" -> "Cancelled";
				case "late" -> "Timed out";
				case "skipped" -> "Reused";
				default -> "To come";
			};
		}

	}

	/**
	 * An event in the history.
	 *
	 * @param failure whether it is one
	 */
	record Entry(long sequence, Moment at, String title, String text, String code, @Nullable String by, String kind,
			boolean failure) {

		private static final List<String> CODES = List.of("code", "requestId");

		private static final List<String> OUTPUTS = List.of("distributionConfigurationArn", "imageBuildVersionArn");

		static Entry of(RunEvent event, Instant now) {
			boolean failure = is(event, EventType.CALL_FAILED)
					|| (is(event, EventType.ENDED) && !"SUCCEEDED".equals(event.detail().get("status")))
					|| (is(event, EventType.IMAGE_STATUS) && "FAILED".equals(event.detail().get("status")));
			return new Entry(event.sequence(), Moment.of(event.at(), now), title(event), text(event), code(event),
					event.by(), failure ? "bad" : isDone(event) ? "good" : "event", failure);
		}

		private static String title(RunEvent event) {
			String step = stepTitle(event.step());
			return switch (event.type()) {
				case "ACCEPTED" -> "Run accepted";
				case "STEP_BEGUN" -> step + ": begun";
				case "STEP_ENDED" -> step + (isDone(event) ? ": done" : ": ended");
				case "CALL_FAILED" -> text(event, "operation") + " failed";
				case "IMAGE_STATUS" -> "Image " + text(event, "status");
				case "CANCEL_REQUESTED" -> "Cancel requested";
				case "RETRY_REQUESTED" -> "Retry requested: " + text(event, "action");
				case "ENDED" -> "Run ended: " + text(event, "status");
				case "REMOVAL_REQUESTED" -> "Removal of the distribution configuration requested";
				case "CONFIGURATION_REMOVED" -> "Distribution configuration removed";
				case "REMOVAL_GIVEN_UP" -> "Distribution configuration stays";
				default -> event.type();
			};
		}

		// A step that creates something says what.
		private static boolean isDone(RunEvent event) {
			return (is(event, EventType.STEP_ENDED) && OUTPUTS.stream().anyMatch(event.detail()::containsKey))
					|| (is(event, EventType.ENDED) && "SUCCEEDED".equals(event.detail().get("status")));
		}

		private static String stepTitle(String step) {
			try {
				return StepLines.title(StepId.of(step));
			}
			catch (IllegalArgumentException ex) {
				// A newer replica may know more.
				return step;
			}
		}

		private static String text(RunEvent event) {
			String reason = text(event, "message") + text(event, "reason");
			long failed = failedCalls(event);
			return (failed == 0) ? reason
					: "%s failed. %s".formatted(Words.counted(failed, "call", "calls"), reason).strip();
		}

		private static String code(RunEvent event) {
			List<String> codes = new ArrayList<>();
			for (String name : CODES) {
				if (!text(event, name).isEmpty()) {
					codes.add(text(event, name));
				}
			}
			return String.join(" · ", codes);
		}

		private static String text(RunEvent event, String member) {
			return Objects.toString(event.detail().get(member), "");
		}

	}

}
