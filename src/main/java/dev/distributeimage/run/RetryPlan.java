package dev.distributeimage.run;

/**
 * The action that a retry of a run would take, and the reason for it.
 *
 * @param reason a sentence for the caller
 */
public record RetryPlan(RetryAction action, String reason) {

	/** Returns the plan for a run that has ended without success. */
	public static RetryPlan of(Run run) {
		return switch (run.step()) {
			case CREATE_DISTRIBUTION_CONFIGURATION -> new RetryPlan(RetryAction.CREATE_DISTRIBUTION_CONFIGURATION,
					"The run ended before its distribution configuration was created.");
			case CREATE_IMAGE ->
				new RetryPlan(RetryAction.CREATE_IMAGE, "The run ended before the build of its image was started.");
			case DISTRIBUTE_IMAGE -> new RetryPlan(RetryAction.DISTRIBUTE_IMAGE,
					"The run ended before the distribution of its image was started.");
			case GET_IMAGE -> ofImage(run);
		};
	}

	/** Returns the plan for a run whose distribution configuration was removed. */
	public static RetryPlan ofRemovedConfiguration() {
		return new RetryPlan(RetryAction.CREATE_DISTRIBUTION_CONFIGURATION,
				"The distribution configuration of the run was removed; a new one is made.");
	}

	private static RetryPlan ofImage(Run run) {
		String status = String.valueOf(run.outputs().finalStatus());
		return switch (status) {
			case "DELETED" -> new RetryPlan(run.values().progress().workflow().imageAction(),
					"The image was deleted; a new one is made.");
			case "FAILED", "CANCELLED" -> run.image().built()
					? new RetryPlan(RetryAction.RETRY_IMAGE,
							"The image ended after its build had finished; the phases after the build are tried again.")
					: new RetryPlan(RetryAction.RETRY_IMAGE,
							"The image is retried if AWS reports that its build was completed; otherwise a new one is made.");
			default -> new RetryPlan(RetryAction.GET_IMAGE, "The image had not ended when it was last seen.");
		};
	}

}
