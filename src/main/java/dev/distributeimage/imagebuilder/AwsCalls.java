package dev.distributeimage.imagebuilder;

import java.time.Clock;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.distributeimage.imagebuilder.FailedCall.ErrorDetails;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.imagebuilder.ImagebuilderClient;
import software.amazon.awssdk.services.imagebuilder.model.ImagebuilderRequest;
import software.amazon.awssdk.services.imagebuilder.model.ImagebuilderResponse;

import org.springframework.core.NestedExceptionUtils;

/**
 * Makes single calls to AWS. Anything but HTTP status 200 becomes an
 * {@link ImageBuilderException}.
 */
class AwsCalls {

	private final Function<String, ImagebuilderClient> clients;

	private final CallCredentials credentials;

	private final LargeResponses large;

	private final RetryAfterHeader retryAfter;

	private final CallMetrics metrics;

	AwsCalls(Function<String, ImagebuilderClient> clients, CallCredentials credentials, LargeResponses large,
			Clock clock, CallMetrics metrics) {
		this.clients = clients;
		this.credentials = credentials;
		this.large = large;
		this.retryAfter = new RetryAfterHeader(clock);
		this.metrics = metrics;
	}

	/** Makes a call with the credentials of this session. */
	<Q extends ImagebuilderRequest, R extends ImagebuilderResponse> Response<R> make(String operation, Session session,
			Q request, BiFunction<ImagebuilderClient, Q, R> call) {
		this.large.next();
		AwsCredentials credentials = credentials(operation, session);
		Q signed = with(credentials, request);
		try {
			return measured(operation, session,
					() -> made(operation, session, credentials, (client) -> call.apply(client, signed)));
		}
		catch (Throwable ex) {
			this.large.next();
			throw ex;
		}
		finally {
			this.large.done();
		}
	}

	private AwsCredentials credentials(String operation, Session session) {
		long begun = System.nanoTime();
		try {
			return this.credentials.of(operation, session);
		}
		catch (ImageBuilderException ex) {
			this.metrics.unsent(session.place().region(), ex, System.nanoTime() - begun);
			throw ex;
		}
	}

	private <R> R measured(String operation, Session session, Supplier<R> call) {
		long begun = System.nanoTime();
		try {
			R response = call.get();
			this.metrics.succeeded(operation, session.place().region(), System.nanoTime() - begun);
			return response;
		}
		catch (ImageBuilderException ex) {
			this.metrics.failed(session.place().region(), ex, System.nanoTime() - begun);
			throw ex;
		}
	}

	// A builder of the SDK builds the type that it comes from.
	@SuppressWarnings("unchecked")
	private static <Q extends ImagebuilderRequest> Q with(AwsCredentials credentials, Q request) {
		AwsRequestOverrideConfiguration override = request.overrideConfiguration()
			.map(AwsRequestOverrideConfiguration::toBuilder)
			.orElseGet(AwsRequestOverrideConfiguration::builder)
			.credentialsProvider(StaticCredentialsProvider.create(credentials))
			.build();
		return (Q) request.toBuilder().overrideConfiguration(override).build();
	}

	private <R extends ImagebuilderResponse> Response<R> made(String operation, Session session,
			AwsCredentials credentials, Function<ImagebuilderClient, R> call) {
		try {
			Response<R> response = new Response<>(operation, call.apply(this.clients.apply(session.place().region())));
			response.requireOk();
			return response;
		}
		catch (AwsServiceException ex) {
			FailedCall failed = errorResponse(operation, ex, credentials);
			this.credentials.refused(session, credentials, failed.error().code());
			throw new ImageBuilderException(operation, failed, ex);
		}
		catch (ApiCallAttemptTimeoutException | ApiCallTimeoutException ex) {
			throw new ImageBuilderException(operation, FailedCall.timedOut(String.valueOf(ex.getMessage())), ex);
		}
		catch (SdkException ex) {
			throw new ImageBuilderException(operation, unanswered(ex), ex);
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
				SecretText.without(credentials, message), new ErrorDetails(code, AwsText.cleanOrNull(ex.requestId()),
						(details != null) ? this.retryAfter.of(details.sdkHttpResponse()) : null));
	}

	private static FailedCall unanswered(SdkException ex) {
		if (NestedExceptionUtils.getMostSpecificCause(ex) instanceof UnreadResponseException unread) {
			return FailedCall.unread(unread);
		}
		String cause = UnansweredCall.causeOf(ex);
		return UnansweredCall.isTimeout(ex) ? FailedCall.timedOut(cause) : FailedCall.unusable(cause, null);
	}

}
