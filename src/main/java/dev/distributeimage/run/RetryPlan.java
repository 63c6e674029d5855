package dev.distributeimage.run;

/**
 * What a retry of a run would do, and why.
 *
 * @param reason a sentence for the caller
 */
public record RetryPlan(RetryAction action, String reason) {

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
		String status = (run.finalStatus() != null) ? run.finalStatus() : "";
		return switch (status) {
			case "DELETED" -> new RetryPlan(RetryAction.CREATE_IMAGE, "The image is gone; another one is built.");
			case "FAILED", "CANCELLED" -> run.isBuildFinished()
					? new RetryPlan(RetryAction.RETRY_IMAGE,
							"The image ended after its build was finished; what comes after is tried again.")
					: new RetryPlan(RetryAction.RETRY_IMAGE,
							"The image is tried again if AWS says that its build was completed; otherwise another one is built.");
			default -> new RetryPlan(RetryAction.GET_IMAGE, "The image had not ended when it was last seen.");
		};
	}

}
