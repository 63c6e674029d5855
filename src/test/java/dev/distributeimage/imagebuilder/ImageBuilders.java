package dev.distributeimage.imagebuilder;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import dev.distributeimage.aws.Accounts;
import dev.distributeimage.imagebuilder.AccountSettings.RoleSettings;
import dev.distributeimage.imagebuilder.FailedCall.Cause;
import dev.distributeimage.imagebuilder.FailedCall.ErrorDetails;
import dev.distributeimage.imagebuilder.FailedCall.Verdict;
import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Certainty;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** Fixtures for the tests of other packages. */
public final class ImageBuilders {

	private static final StaticCredentialsProvider CREDENTIALS = StaticCredentialsProvider
		.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret"));

	/** Less than the default, so that responses of a few megabytes are too long. */
	private static final int MAX_RESPONSE = 4 * LargeResponses.LARGE;

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
		return at(endpoint, attemptTimeout, new LargeResponses(attemptTimeout), accounts);
	}

	/** Creates a client that reads large responses in turn with others. */
	static ImageBuilder at(URI endpoint, Duration attemptTimeout, LargeResponses large) {
		return at(endpoint, attemptTimeout, large, (place) -> false);
	}

	/** Creates a client whose calls are measured. */
	static ImageBuilder measured(URI endpoint, Accounts accounts, CallMetrics metrics) {
		return at(endpoint, Duration.ofSeconds(5), new LargeResponses(Duration.ofSeconds(5)), accounts, metrics);
	}

	private static ImageBuilder at(URI endpoint, Duration attemptTimeout, LargeResponses large, Accounts accounts) {
		return at(endpoint, attemptTimeout, large, accounts, new CallMetrics(new SimpleMeterRegistry()));
	}

	@SuppressWarnings("resource")
	private static ImageBuilder at(URI endpoint, Duration attemptTimeout, LargeResponses large, Accounts accounts,
			CallMetrics metrics) {
		ImageBuilderClients clients = new ImageBuilderClients(attemptTimeout, CREDENTIALS,
				new ResponseLimits(MAX_RESPONSE, large), (builder) -> builder.endpointOverride(endpoint));
		return new AwsImageBuilder(new AwsCalls(clients::inRegion, ofOneAccount(CREDENTIALS, accounts, clients), large,
				Clock.systemUTC(), metrics));
	}

	/** Credentials without roles. */
	static CallCredentials ofOneAccount(AwsCredentialsProvider credentials, Accounts accounts,
			ImageBuilderClients clients) {
		return new CallCredentials(credentials, accounts, new AccountRoles(Map.of()),
				new RoleSessions(clients::sts, clients.stsTimeout(), Clock.systemUTC()));
	}

	/**
	 * Creates a client that enters accounts by roles.
	 * @param externalIds the external ids of the roles {@code images}, by account
	 */
	@SuppressWarnings("resource")
	public static ImageBuilder withRoles(URI endpoint, Duration attemptTimeout, Map<String, String> externalIds,
			Clock clock) {
		LargeResponses large = new LargeResponses(attemptTimeout);
		ImageBuilderClients clients = new ImageBuilderClients(attemptTimeout, CREDENTIALS,
				new ResponseLimits(MAX_RESPONSE, large), (builder) -> builder.endpointOverride(endpoint));
		Map<String, RoleSettings> roles = new HashMap<>();
		externalIds.forEach((account, externalId) -> roles.put(account, new RoleSettings(roleOf(account), externalId)));
		CallCredentials credentials = new CallCredentials(CREDENTIALS, (place) -> false, new AccountRoles(roles),
				new RoleSessions(clients::sts, clients.stsTimeout(), clock));
		return new AwsImageBuilder(
				new AwsCalls(clients::inRegion, credentials, large, clock, new CallMetrics(new SimpleMeterRegistry())));
	}

	/** The ARN of the role of an account. */
	public static String roleOf(String account) {
		return "arn:aws:iam::%s:role/images".formatted(account);
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
				new FailedCall(verdict, "As specified", new ErrorDetails(code, "4711", null)), null);
	}

}
