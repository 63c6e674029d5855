package dev.distributeimage.page;

import java.util.List;
import java.util.Objects;

import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.view.RunSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Why a run ended badly, or what it waits out, and what to do about it.
 *
 * @param kind of which colour it is
 * @param reason AWS's words
 * @param codes what an operator looks for in a log
 */
record Trouble(String kind, String title, String reason, String codes, String advice) {

	/** The trouble of a run, or null if it has none. */
	static @Nullable Trouble of(RunSnapshot run, List<Story.Phase> phases) {
		Failure failure = run.failure();
		Image image = run.image();
		String imageReason = (image != null) ? Objects.requireNonNullElse(image.reason(), "") : "";
		return switch (run.status()) {
			case SUCCEEDED -> null;
			case RUNNING -> (failure == null) ? null
					: ofFailure("late", failure.operation() + " fails at the moment", failure,
							"Nothing to do unless it lasts: the run waits this out until its deadline. "
									+ Advice.of(failure).cause());
			case FAILED -> (failure != null)
					? ofFailure("bad", failure.operation() + " was refused", failure, Advice.of(failure).text())
					: ofImage(run, phases, imageReason);
			case CANCELLED -> new Trouble("off", "The run was cancelled", imageReason, "",
					"A retry takes it up again, without a new build where the image was built already.");
			case TIMED_OUT -> timedOut(run, failure, imageReason);
		};
	}

	private static Trouble ofFailure(String kind, String title, Failure failure, String advice) {
		String request = (failure.requestId() != null) ? "request " + failure.requestId() : "";
		String code = Objects.requireNonNullElse(failure.code(), "");
		return new Trouble(kind, title, failure.message(),
				(code.isEmpty() || request.isEmpty()) ? code + request : code + " · " + request, advice);
	}

	private static Trouble ofImage(RunSnapshot run, List<Story.Phase> phases, String reason) {
		if ("DELETED".equals(run.outputs().finalStatus())) {
			return new Trouble("bad", "The image was deleted in AWS", reason, "",
					"Somebody or a lifecycle policy has deleted it. A retry makes a new one.");
		}
		String before = (phases.size() > 1) ? phases.get(phases.size() - 2).word() : "";
		return switch (before) {
			case "TESTING" -> new Trouble("bad", "A test of the image failed", reason, "",
					"The build log says which. A retry runs the tests again and does not build again.");
			case "DISTRIBUTING", "INTEGRATING" -> new Trouble("bad", "The distribution failed", reason, "",
					"The image itself is built, and the destinations below say where it has arrived. Correct what AWS"
							+ " names, such as a quota, a key policy or a permission: a retry distributes without a new"
							+ " build.");
			default -> new Trouble("bad", "The build failed", reason, "",
					"The build log says at which component. Correct it and start a run with the new version of the"
							+ " recipe; a retry builds the same recipe again.");
		};
	}

	private static Trouble timedOut(RunSnapshot run, @Nullable Failure failure, String reason) {
		String advice = advice(run);
		return (failure != null)
				? ofFailure("late", "The deadline has passed", failure, advice + " " + Advice.of(failure).cause())
				: new Trouble("late", "The deadline has passed", reason, "", advice);
	}

	private static String advice(RunSnapshot run) {
		if (run.outputs().imageBuildVersionArn() != null) {
			return "The image goes on building in AWS. A retry watches it further; a cancel stops it.";
		}
		return run.mayStillBuild() ? "AWS may have begun an image. A cancel looks for it and stops it."
				: "Nothing was built. A retry goes on where the run ended.";
	}

	/** Whether the run has ended badly. */
	static boolean hasEndedBadly(RunSnapshot run) {
		return run.status() != RunStatus.RUNNING && run.status() != RunStatus.SUCCEEDED;
	}

}
