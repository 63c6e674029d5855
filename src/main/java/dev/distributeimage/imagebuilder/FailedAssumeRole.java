package dev.distributeimage.imagebuilder;

import dev.distributeimage.imagebuilder.AccountRoles.AccountRole;
import dev.distributeimage.imagebuilder.FailedCall.Cause;
import dev.distributeimage.imagebuilder.FailedCall.ErrorDetails;
import dev.distributeimage.imagebuilder.FailedCall.Verdict;
import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Certainty;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Turns a failed AssumeRole into the failure of the call that it was made for. That call
 * was not sent, and it never ends a run: somebody can mend a role while an image is
 * built.
 */
final class FailedAssumeRole {

	private FailedAssumeRole() {
	}

	static FailedCall of(SdkException ex, AccountRole role, AwsCredentials own) {
		return (ex instanceof AwsServiceException refused) ? answered(refused, role, own)
				: FailedCall.stsUnanswered(role.account(), UnansweredCall.causeOf(ex));
	}

	// Callers are told whose trust policy it is; AWS's message names the service itself.
	private static FailedCall answered(AwsServiceException ex, AccountRole role, AwsCredentials own) {
		AwsErrorDetails details = ex.awsErrorDetails();
		String code = (details != null) ? AwsText.cleanOrNullIfBlank(details.errorCode()) : null;
		String message = (code != null && ErrorCodes.isAccessDenied(code))
				? "The trust policy of the role in the account %s does not let the service in"
				: "The service cannot assume its role in the account %s at the moment";
		String shown = message.formatted(role.account());
		String whole = "%s: %s, %s".formatted(shown, role.arn(),
				SecretText.without(own, String.valueOf(ex.getMessage())));
		return new FailedCall(verdict(ex, code), shown, whole,
				new ErrorDetails(code, AwsText.cleanOrNull(ex.requestId()), null));
	}

	private static Verdict verdict(AwsServiceException ex, @Nullable String code) {
		boolean throttled = ex.isThrottlingException() || ex.statusCode() == 429;
		boolean passes = throttled || code == null || ex.statusCode() >= 500;
		return new Verdict(passes ? Remedy.RETRY : Remedy.RETRY_SLOWLY, Certainty.NOT_CARRIED_OUT,
				throttled ? Cause.THROTTLING : Cause.OTHER);
	}

}
