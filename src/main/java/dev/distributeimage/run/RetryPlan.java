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
			case GET_IMAGE -> ofImage(run);
		};
	}

	private static RetryPlan ofImage(Run run) {
		String status = String.valueOf(run.outputs().finalStatus());
		return switch (status) {
			case "DELETED" -> new RetryPlan(RetryAction.CREATE_IMAGE, "The image was deleted; a new image is built.");
			case "FAILED", "CANCELLED" -> run.image().built()
					? new RetryPlan(RetryAction.RETRY_IMAGE,
							"The image ended after its build had finished; the phases after the build are tried again.")
					: new RetryPlan(RetryAction.RETRY_IMAGE,
							"The image is retried if AWS reports that its build was completed; otherwise a new image is built.");
			default -> new RetryPlan(RetryAction.GET_IMAGE, "The image had not ended when it was last seen.");
		};
	}

}
