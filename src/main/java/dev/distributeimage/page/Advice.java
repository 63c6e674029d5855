package dev.distributeimage.page;

import java.util.Locale;
import java.util.Objects;

import dev.distributeimage.run.Failure;

/**
 * Advice on a failed call, as far as AWS's code tells.
 *
 * @param cause empty if nothing is known about it
 * @param then what follows once the run has ended
 */
record Advice(String cause, String then) {

	private static final String RETRY = "A retry goes on at the same step.";

	// AWS names its codes with and without Exception.
	static Advice of(Failure failure) {
		String code = Objects.requireNonNullElse(failure.code(), "").toLowerCase(Locale.ROOT);
		if (code.contains("accessdenied") || code.startsWith("forbidden") || code.contains("notauthorized")) {
			return new Advice(
					"The role of the service may not call %s: give it the permission.".formatted(failure.operation()),
					RETRY);
		}
		if (code.startsWith("resourcealreadyexists")) {
			return new Advice("Names are unique per account and Region.", "Start a run with another distributionName.");
		}
		if (code.startsWith("servicequotaexceeded") || code.contains("limitexceeded")) {
			return new Advice("A quota of the account is used up: remove what is not needed, or have AWS raise it.",
					RETRY);
		}
		if (code.startsWith("resourcenotfound")) {
			return notFound(failure.operation());
		}
		if (code.contains("expiredtoken") || code.contains("credentials") || code.contains("signature")
				|| code.contains("clienttokenid")) {
			return new Advice("The credentials of the service are not accepted: whoever runs it has to renew them.",
					RETRY);
		}
		if (sendsInputs(failure.operation()) && (code.startsWith("invalid") || code.contains("validation"))) {
			return new Advice("AWS does not take the inputs as they are.",
					"Correct what the message names, and start a new run.");
		}
		return new Advice(code.contains("throttl") || code.contains("ratelimit") || code.contains("toomanyrequests")
				? "AWS limits the rate of calls in this account and Region." : "", RETRY);
	}

	private static Advice notFound(String operation) {
		return switch (operation) {
			case "CreateImage" -> new Advice(
					"The recipe or the infrastructure configuration does not exist in this account and Region.", RETRY);
			case "DistributeImage" -> new Advice("The source image does not exist in this account and Region.", RETRY);
			case "GetImage", "RetryImage", "CancelImageCreation", "ListWorkflowExecutions" ->
				new Advice("AWS does not know the image: it may have been deleted.", "A retry makes a new one.");
			default -> new Advice("What the call names does not exist in this account and Region.", RETRY);
		};
	}

	private static boolean sendsInputs(String operation) {
		return operation.startsWith("Create") || operation.equals("DistributeImage");
	}

	/** The advice for a run that has ended. */
	String text() {
		return (this.cause + " " + this.then).strip();
	}

}
