package dev.distributeimage.page;

import java.util.ArrayList;
import java.util.List;

import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.view.RunSnapshot;

/** The three steps of a run. */
final class StepLines {

	private StepLines() {
	}

	/** The steps of a run's workflow, in order. */
	static List<StepId> of(RunSnapshot run) {
		StepId request = (run.options().get("sourceImage") != null) ? StepId.DISTRIBUTE_IMAGE : StepId.CREATE_IMAGE;
		return List.of(StepId.CREATE_DISTRIBUTION_CONFIGURATION, request, StepId.GET_IMAGE);
	}

	/** Whether the run uses what somebody else created instead of this step. */
	static boolean isSkipped(StepId step, RunSnapshot run) {
		return step == StepId.CREATE_DISTRIBUTION_CONFIGURATION && run.distributionName() == null;
	}

	/** How a step stands: skipped, good, running, bad, off, late or next. */
	static String kind(StepId step, RunSnapshot run) {
		if (isSkipped(step, run)) {
			return "skipped";
		}
		List<StepId> all = of(run);
		int distance = all.indexOf(step) - all.indexOf(run.step());
		if (distance != 0) {
			return (distance < 0) ? "good" : "next";
		}
		return (run.status() == RunStatus.RUNNING) ? "running" : Status.of(run.status()).kind();
	}

	/** Each step's title. */
	static String title(StepId step) {
		return switch (step) {
			case CREATE_DISTRIBUTION_CONFIGURATION -> "Create configuration";
			case CREATE_IMAGE -> "Create image";
			case DISTRIBUTE_IMAGE -> "Distribute image";
			case GET_IMAGE -> "Watch image";
		};
	}

	/** The steps of a run in the list. */
	static Mini mini(RunSnapshot run) {
		List<StepId> all = of(run);
		List<String> kinds = new ArrayList<>();
		all.forEach((step) -> kinds.add(kind(step, run)));
		return new Mini(title(run.step()), run.step().toString(), all.indexOf(run.step()) + 1, kinds);
	}

	/**
	 * The current step, or the one at which the run ended, among all.
	 *
	 * @param number counted from 1
	 * @param kinds how each of them stands
	 */
	record Mini(String title, String id, int number, List<String> kinds) {
	}

}
