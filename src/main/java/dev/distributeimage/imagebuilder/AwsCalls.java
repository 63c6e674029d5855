package dev.distributeimage.imagebuilder;

import java.io.InterruptedIOException;
import java.time.Clock;
import java.util.function.Function;

import dev.distributeimage.aws.Accounts;
import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.FailedCall.Reply;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.imagebuilder.ImagebuilderClient;
import software.amazon.awssdk.services.imagebuilder.model.ImagebuilderResponse;

import org.springframework.core.NestedExceptionUtils;

/**
 * Makes single calls to AWS. Anything but HTTP status 200 becomes an
 * {@link ImageBuilderException}.
 */
class AwsCalls {

	private static final String HIDDEN = "…";

	private final Function<String, ImagebuilderClient> clients;

	private final AwsCredentialsProvider credentials;

	private final Accounts accounts;

	private final LargeAnswers large;

	private final RetryAfterHeader retryAfter;

	AwsCalls(Function<String, ImagebuilderClient> clients, AwsCredentialsProvider credentials, Accounts accounts,
			LargeAnswers large, Clock clock) {
		this.clients = clients;
		this.credentials = credentials;
		this.accounts = accounts;
		this.large = large;
		this.retryAfter = new RetryAfterHeader(clock);
	}

	<R extends ImagebuilderResponse> Response<R> make(String operation, Place place,
			Function<ImagebuilderClient, R> call) {
		this.large.next();
		AwsCredentials credentials = requireCredentials(operation);
		requireAccount(operation, place);
		try {
			return made(operation, place, call, credentials);
		}
		catch (Throwable ex) {
			this.large.next();
			throw ex;
		}
		finally {
			this.large.done();
		}
	}

	private <R extends ImagebuilderResponse> Response<R> made(String operation, Place place,
			Function<ImagebuilderClient, R> call, AwsCredentials credentials) {
		try {
			Response<R> response = new Response<>(operation, call.apply(this.clients.apply(place.region())));
			response.requireOk();
			return response;
		}
		catch (AwsServiceException ex) {
			throw new ImageBuilderException(operation, errorResponse(operation, ex, credentials), ex);
		}
		catch (ApiCallAttemptTimeoutException | ApiCallTimeoutException ex) {
			throw new ImageBuilderException(operation, FailedCall.timedOut(String.valueOf(ex.getMessage())), ex);
		}
		catch (SdkException ex) {
			throw new ImageBuilderException(operation, unanswered(ex), ex);
		}
	}

	// A host that swallows connection requests times out in the socket, at the same
	// moment.
	private static boolean isTimeout(SdkException ex) {
		return NestedExceptionUtils.getMostSpecificCause(ex) instanceof InterruptedIOException;
	}

	// Credentials are resolved before the call, because the SDK distinguishes a request
	// that was never sent from an interrupted one only by its message. The provider chain
	// caches them.
	private AwsCredentials requireCredentials(String operation) {
		try {
			return this.credentials.resolveCredentials();
		}
		catch (RuntimeException ex) {
			throw new ImageBuilderException(operation, FailedCall.withoutCredentials(String.valueOf(ex.getMessage())),
					ex);
		}
	}

	// AWS creates in the account of the credentials, whatever the ARNs of a request say.
	// The credentials may be replaced by the right ones, so the run waits.
	private void requireAccount(String operation, Place place) {
		if (this.accounts.areOfAnother(place)) {
			throw new ImageBuilderException(operation, FailedCall.ofAnotherAccount(place.account()), null);
		}
	}

	private FailedCall errorResponse(String operation, AwsServiceException ex, AwsCredentials credentials) {
		int status = ex.statusCode();
		AwsErrorDetails details = ex.awsErrorDetails();
		String code = (details != null) ? AwsText.cleanOrNullIfBlank(details.errorCode()) : null;
		String message = (details != null) ? details.errorMessage() : null;
		if (message == null) {
			message = "HTTP status %d%s and no message".formatted(status,
					(code != null) ? "" : " without an AWS error code");
		}
		return new FailedCall(ErrorCodes.verdict(operation, status, code, ex.isThrottlingException()),
				withoutSecrets(message, credentials), new Reply(code, AwsText.cleanOrNull(ex.requestId()),
						(details != null) ? this.retryAfter.of(details.sdkHttpResponse()) : null));
	}

	// AWS quotes the signed headers, a session token among them, when it finds another
	// signature.
	private static String withoutSecrets(String message, AwsCredentials credentials) {
		String shown = message.replace(credentials.secretAccessKey(), HIDDEN);
		return (credentials instanceof AwsSessionCredentials session) ? shown.replace(session.sessionToken(), HIDDEN)
				: shown;
	}

	private static FailedCall unanswered(SdkException ex) {
		if (NestedExceptionUtils.getMostSpecificCause(ex) instanceof UnreadAnswerException unread) {
			return FailedCall.unread(unread);
		}
		return isTimeout(ex) ? FailedCall.timedOut(causeOf(ex)) : FailedCall.unusable(causeOf(ex), null);
	}

	// The SDK's own message only says that the call failed; the root cause says why.
	private static String causeOf(SdkException ex) {
		Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
		return "No usable response (%s: %s)".formatted(cause.getClass().getSimpleName(), cause.getMessage());
	}

}
