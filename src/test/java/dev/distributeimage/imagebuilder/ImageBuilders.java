package dev.distributeimage.imagebuilder;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;

import dev.distributeimage.aws.Accounts;
import dev.distributeimage.imagebuilder.FailedCall.Cause;
import dev.distributeimage.imagebuilder.FailedCall.Reply;
import dev.distributeimage.imagebuilder.FailedCall.Verdict;
import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Certainty;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Fixtures for the tests of other packages. */
public final class ImageBuilders {

	private static final StaticCredentialsProvider CREDENTIALS = StaticCredentialsProvider
		.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret"));

	/** Less than the default, so that answers of a few megabytes are too long. */
	private static final int MAX_ANSWER = 4 * LargeAnswers.LARGE;

	private ImageBuilders() {
	}

	public static ImageBuilder at(URI endpoint) {
		return at(endpoint, Duration.ofSeconds(5));
	}

	/** Creates a client whose connections are closed with the JVM. */
	public static ImageBuilder at(URI endpoint, Duration attemptTimeout) {
		return at(endpoint, attemptTimeout, (place) -> false);
	}

	/** Creates a client whose credentials are known to be of this account. */
	static ImageBuilder withCredentialsOf(String account, URI endpoint) {
		return at(endpoint, Duration.ofSeconds(5), (place) -> !place.account().equals(account));
	}

	private static ImageBuilder at(URI endpoint, Duration attemptTimeout, Accounts accounts) {
		return at(endpoint, attemptTimeout, new LargeAnswers(attemptTimeout), accounts);
	}

	/** Creates a client that reads large answers in turn with others. */
	static ImageBuilder at(URI endpoint, Duration attemptTimeout, LargeAnswers large) {
		return at(endpoint, attemptTimeout, large, (place) -> false);
	}

	@SuppressWarnings("resource")
	private static ImageBuilder at(URI endpoint, Duration attemptTimeout, LargeAnswers large, Accounts accounts) {
		ImageBuilderClients clients = new ImageBuilderClients(attemptTimeout, CREDENTIALS,
				new AnswerLimits(MAX_ANSWER, large), (builder) -> builder.endpointOverride(endpoint));
		return new AwsImageBuilder(new AwsCalls(clients::inRegion, CREDENTIALS, accounts, large, Clock.systemUTC()));
	}

	/** Creates the failure of a throttled call. */
	public static ImageBuilderException throttled(String operation) {
		return failure(operation, new Verdict(Remedy.RETRY, Certainty.NOT_CARRIED_OUT, Cause.THROTTLING),
				"ThrottlingException");
	}

	/** Creates the failure of a call. */
	public static ImageBuilderException failure(String operation, Remedy remedy, Certainty certainty,
			@Nullable String code) {
		return failure(operation, new Verdict(remedy, certainty, Cause.OTHER), code);
	}

	private static ImageBuilderException failure(String operation, Verdict verdict, @Nullable String code) {
		return new ImageBuilderException(operation,
				new FailedCall(verdict, "As specified", new Reply(code, "4711", null)), null);
	}

}
