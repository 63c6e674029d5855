package dev.distributeimage.simulator;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.imagebuilder.ImagebuilderClient;
import software.amazon.awssdk.services.imagebuilder.model.CreateImageRequest;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.AssumeRoleRequest;
import software.amazon.awssdk.services.sts.model.AssumeRoleResponse;
import software.amazon.awssdk.services.sts.model.Credentials;
import software.amazon.awssdk.services.sts.model.Tag;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Tests roles, their sessions and what these may do, by the real SDK clients. */
class AssumeRoleTests {

	private static final String ROLE = "arn:aws:iam::222222222222:role/path/images";

	private static final AwsCredentials DEFAULT = AwsBasicCredentials.create("AKIDEXAMPLE", "secret");

	private static final String OTHERS = "arn:aws:imagebuilder:eu-west-1:222222222222:";

	private final HandCrankedClock clock = new HandCrankedClock();

	@AutoClose
	private final Simulator simulator = Simulator.start(SimulatorSettings.defaults().withClock(this.clock));

	@BeforeEach
	void trust() {
		this.simulator.sts().trust(ROLE, "4711");
	}

	@Test
	void sessionIsRecordedAsItWasAskedFor() {
		AssumeRoleResponse response = assume((request) -> request.policy(allow("imagebuilder:*", "*"))
			.tags(Tag.builder().key("team").value("web").build()));
		AssumedSession session = this.simulator.sts().sessions().get(0);
		assertThat(response.assumedRoleUser().arn()).isEqualTo(session.arn())
			.isEqualTo("arn:aws:sts::222222222222:assumed-role/images/run-1");
		assertThat(response.packedPolicySize()).isBetween(1, 10);
		assertThat(response.credentials().expiration()).isEqualTo(session.at().plusSeconds(900));
		assertThat(session).extracting(AssumedSession::roleArn, AssumedSession::externalId, AssumedSession::region)
			.containsExactly(ROLE, "4711", "eu-west-1");
		assertThat(session.policy()).isEqualTo(allow("imagebuilder:*", "*"));
		assertThat(session.tags()).isEqualTo(Map.of("team", "web"));
	}

	@ParameterizedTest
	@CsvSource({ "arn:aws:iam::222222222222:role/path/images, wrong", "arn:aws:iam::222222222222:role/path/images,",
			"arn:aws:iam::222222222222:role/images, 4711", "arn:aws:iam::333333333333:role/path/images, 4711" })
	void roleThatDoesNotTrustIsDenied(String role, String externalId) {
		AwsServiceException denied = refused(() -> assume((request) -> request.roleArn(role).externalId(externalId)));
		assertThat(denied.statusCode()).isEqualTo(403);
		assertThat(denied.awsErrorDetails().errorCode()).isEqualTo("AccessDenied");
		assertThat(denied.awsErrorDetails().errorMessage())
			.startsWith("User: arn:aws:iam::123456789012:user/simulated is not authorized to perform: sts:AssumeRole");
		assertThat(this.simulator.sts().sessions()).isEmpty();
	}

	@Test
	void roleIsNotAssumedByASession() {
		Credentials session = assume((request) -> {
		}).credentials();
		assertThat(refused(() -> sts(of(session)).assumeRole(AssumeRoleTests::any)).awsErrorDetails().errorCode())
			.isEqualTo("AccessDenied");
	}

	@ParameterizedTest
	@ValueSource(ints = { 899, 43_201, 3601 })
	void durationOutOfBoundsIsRefused(int seconds) {
		assertThat(refused(() -> assume((request) -> request.durationSeconds(seconds))).awsErrorDetails().errorCode())
			.isEqualTo("ValidationError");
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "with space", "with/slash",
			"a-name-of-more-than-64-characters-a-name-of-more-than-64-charact-" })
	void malformedNameIsRefused(String name) {
		assertThat(refused(() -> assume((request) -> request.roleSessionName(name))).awsErrorDetails().errorMessage())
			.contains("'roleSessionName' failed to satisfy constraint");
	}

	@ParameterizedTest
	@ValueSource(strings = { "{", "[]", "{}", "{'Version':'2012-10-17'}",
			"{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'*'}}",
			"{'Version':'2012-10-17','Statement':{'Effect':'Maybe','Action':'*','Resource':'*'}}",
			"{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'create','Resource':'*'}}",
			"{'Version':'2012-10-17','Statement':{'Effect':'Allow','Action':'*','Resource':'image'}}",
			"{'Version':'2012-10-17','Statement':{'Effect':'Allow','Principal':'*','Action':'*','Resource':'*'}}" })
	void malformedPolicyIsRefused(String policy) {
		assertThat(refused(() -> assume((request) -> request.policy(policy.replace('\'', '"')))).awsErrorDetails()
			.errorCode()).isEqualTo("MalformedPolicyDocument");
	}

	@Test
	void longPolicyIsRefused() {
		String policy = allow("imagebuilder:*", "arn:aws:imagebuilder:*:*:" + "x".repeat(2048));
		assertThat(refused(() -> assume((request) -> request.policy(policy))).awsErrorDetails().errorCode())
			.isEqualTo("ValidationError");
	}

	@Test
	void sessionCreatesInItsAccount() {
		Credentials session = assume((request) -> {
		}).credentials();
		assertThat(sts(of(session)).getCallerIdentity())
			.extracting((identity) -> identity.account(), (identity) -> identity.arn())
			.containsExactly("222222222222", "arn:aws:sts::222222222222:assumed-role/images/run-1");
		assertThat(imageBuilder(of(session)).createImage(AssumeRoleTests::image).imageBuildVersionArn())
			.isEqualTo(OTHERS + "image/web/1.0.0/1");
		assertThat(imageBuilder(of(session)).listImages((list) -> {
		}).imageVersionList()).hasSize(1);
		assertThat(imageBuilder(DEFAULT).listImages((list) -> {
		}).imageVersionList()).isEmpty();
	}

	@Test
	void resourcesOfAnotherAccountAreRefused() {
		String arn = imageBuilder(of(assume((request) -> {
		}).credentials())).createImage(AssumeRoleTests::image).imageBuildVersionArn();
		AwsServiceException denied = refused(
				() -> imageBuilder(DEFAULT).getImage((request) -> request.imageBuildVersionArn(arn)));
		assertThat(denied.statusCode()).isEqualTo(403);
		assertThat(denied.awsErrorDetails().errorCode()).isEqualTo("AccessDeniedException");
	}

	@Test
	void expiredSessionIsRefused() {
		Credentials session = assume((request) -> {
		}).credentials();
		this.clock.advance(Duration.ofSeconds(899));
		assertThat(sts(of(session)).getCallerIdentity().account()).isEqualTo("222222222222");
		this.clock.advance(Duration.ofSeconds(1));
		expired(session);
	}

	@Test
	void sessionThatIsMadeToExpireIsRefused() {
		Credentials session = assume((request) -> {
		}).credentials();
		this.simulator.sts().expireSessions();
		expired(session);
		assertThat(sts(of(assume((request) -> {
		}).credentials())).getCallerIdentity().account()).isEqualTo("222222222222");
	}

	private void expired(Credentials session) {
		AwsServiceException ofSts = refused(() -> sts(of(session)).getCallerIdentity());
		assertThat(ofSts.awsErrorDetails().errorCode()).isEqualTo("ExpiredToken");
		AwsServiceException ofImageBuilder = refused(
				() -> imageBuilder(of(session)).createImage(AssumeRoleTests::image));
		assertThat(ofImageBuilder.statusCode()).isEqualTo(403);
		assertThat(ofImageBuilder.awsErrorDetails().errorCode()).isEqualTo("ExpiredTokenException");
	}

	@Test
	void tokenOfAnotherSessionIsRefused() {
		Credentials one = assume((request) -> {
		}).credentials();
		Credentials other = assume((request) -> {
		}).credentials();
		AwsCredentials mixed = AwsSessionCredentials.create(one.accessKeyId(), one.secretAccessKey(),
				other.sessionToken());
		assertThat(refused(() -> sts(mixed).getCallerIdentity()).awsErrorDetails().errorCode())
			.isEqualTo("InvalidClientTokenId");
	}

	@ParameterizedTest
	@CsvSource({ "imagebuilder:*, *, true", "imagebuilder:Create*, *, false", "imagebuilder:*, arn:aws:s3:::*, false",
			"imagebuilder:*, arn:aws:imagebuilder:eu-west-1:222222222222:*, true",
			"imagebuilder:*, arn:aws:imagebuilder:eu-west-2:222222222222:*, false",
			"imagebuilder:*, arn:aws:imagebuilder:eu-west-1:222222222222:image/*, false" })
	void sessionPolicyLimitsACreate(String action, String resource, boolean allowed) {
		ImagebuilderClient limited = imageBuilder(
				of(assume((request) -> request.policy(allow(action, resource))).credentials()));
		if (allowed) {
			assertThat(limited.createImage(AssumeRoleTests::image).imageBuildVersionArn()).startsWith(OTHERS);
			return;
		}
		assertThat(refused(() -> limited.createImage(AssumeRoleTests::image)).awsErrorDetails().errorMessage())
			.contains("because no session policy allows");
		assertThat(this.simulator.builds()).isZero();
	}

	@Test
	void faultOfStsStrikes() {
		this.simulator.sts().onNext(1).meet(Sts.error(400, "Throttling"));
		assertThat(refused(() -> assume((request) -> {
		})).isThrottlingException()).isTrue();
		assertThat(assume((request) -> {
		}).credentials()).isNotNull();
	}

	private AssumeRoleResponse assume(Consumer<AssumeRoleRequest.Builder> change) {
		AssumeRoleRequest.Builder request = AssumeRoleRequest.builder();
		any(request);
		change.accept(request);
		return sts(DEFAULT).assumeRole(request.build());
	}

	private static void any(AssumeRoleRequest.Builder request) {
		request.roleArn(ROLE).roleSessionName("run-1").externalId("4711").durationSeconds(900);
	}

	private static void image(CreateImageRequest.Builder request) {
		request.clientToken("token")
			.imageRecipeArn(OTHERS + "image-recipe/web/1.0.0")
			.infrastructureConfigurationArn(OTHERS + "infrastructure-configuration/web");
	}

	private static String allow(String action, String resource) {
		return "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"%s\",\"Resource\":\"%s\"}]}"
			.formatted(action, resource);
	}

	private static AwsCredentials of(Credentials session) {
		return AwsSessionCredentials.create(session.accessKeyId(), session.secretAccessKey(), session.sessionToken());
	}

	private static AwsServiceException refused(ThrowingCallable call) {
		return catchThrowableOfType(AwsServiceException.class, call);
	}

	private StsClient sts(AwsCredentials credentials) {
		return StsClient.builder()
			.endpointOverride(this.simulator.endpoint())
			.region(Region.EU_WEST_1)
			.credentialsProvider(StaticCredentialsProvider.create(credentials))
			.overrideConfiguration((override) -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
			.build();
	}

	private ImagebuilderClient imageBuilder(AwsCredentials credentials) {
		return ImagebuilderClient.builder()
			.endpointOverride(this.simulator.endpoint())
			.region(Region.EU_WEST_1)
			.credentialsProvider(StaticCredentialsProvider.create(credentials))
			.build();
	}

}
