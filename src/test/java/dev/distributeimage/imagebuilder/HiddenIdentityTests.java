package dev.distributeimage.imagebuilder;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;

import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Certainty;
import dev.distributeimage.run.Image;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkClientException;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what callers are told of the service's own identity in AWS: nothing. */
@NullUnmarked
@ExtendWith(OutputCaptureExtension.class)
class HiddenIdentityTests extends SimulatedAwsTest {

	private static final String DENIED = "User: arn:aws:sts::210987654321:assumed-role/operator/i-0abc is not authorized "
			+ "to perform: imagebuilder:%s on resource: arn:aws:imagebuilder:eu-west-1:123456789012:image/web/*";

	private static final String SHOWN = "User: arn:aws:sts::…:assumed-role/… is not authorized to perform: imagebuilder:%s "
			+ "on resource: arn:aws:imagebuilder:eu-west-1:123456789012:image/web/*";

	@ParameterizedTest
	@EnumSource(names = "DELETE_DISTRIBUTION_CONFIGURATION", mode = EnumSource.Mode.EXCLUDE)
	void deniedCallNamesNoIdentity(Operation operation) {
		this.simulator.always(Fault.error(403, "AccessDeniedException", DENIED.formatted(operation)));
		ImageBuilderException failure = failure(call(operation));
		assertThat(failure.message()).isEqualTo(SHOWN.formatted(operation));
		assertThat(failure.getMessage()).isEqualTo(DENIED.formatted(operation));
		assertThat(failure.code()).isEqualTo("AccessDeniedException");
		assertThat(failure.requestId()).isNotBlank();
	}

	private ThrowingCallable call(Operation operation) {
		return switch (operation) {
			case CREATE_DISTRIBUTION_CONFIGURATION ->
				() -> this.imageBuilder.createDistributionConfiguration(CONFIGURATION);
			case GET_DISTRIBUTION_CONFIGURATION -> () -> this.imageBuilder.isAsRequested(
					"arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web", CONFIGURATION);
			case CREATE_IMAGE -> () -> this.imageBuilder.createImage(image());
			case GET_IMAGE -> () -> this.imageBuilder.getImage(imageArn("1.0.0/1"));
			case CANCEL_IMAGE_CREATION ->
				() -> this.imageBuilder.cancelImageCreation(RUN, imageArn("1.0.0/1"), "token");
			case RETRY_IMAGE -> () -> this.imageBuilder.retryImage(RUN, imageArn("1.0.0/1"), "token");
			case LIST_WORKFLOW_EXECUTIONS -> () -> this.imageBuilder.isBuildCompleted(imageArn("1.0.0/1"), () -> true);
			default -> () -> this.imageBuilder.findImage(image(), Instant.EPOCH, Set.of(), () -> true);
		};
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			arn:aws-cn:sts::210987654321:assumed-role/a/b      | arn:aws-cn:sts::…:assumed-role/…
			arn:aws-us-gov:sts::210987654321:assumed-role/a+=,.@-_/b | arn:aws-us-gov:sts::…:assumed-role/…
			arn:aws:sts::210987654321:federated-user/a         | arn:aws:sts::…:federated-user/…
			arn:aws:iam::210987654321:role/path/to/a           | arn:aws:iam::…:role/…
			arn:aws:iam::210987654321:user/a                   | arn:aws:iam::…:user/…
			arn:aws:iam::210987654321:instance-profile/a       | arn:aws:iam::…:instance-profile/…
			arn:aws:iam::210987654321:root                     | arn:aws:iam::…:root
			arn:aws:imagebuilder:eu-west-1:210987654321:image/a | arn:aws:imagebuilder:eu-west-1:210987654321:image/a
			""")
	void identityIsHiddenAndNothingElse(String arn, String shown) {
		assertThat(AwsText.forCallers("x \"%1$s\" (%1$s) y".formatted(arn)))
			.isEqualTo("x \"%1$s\" (%1$s) y".formatted(shown));
	}

	@Test
	void identityAtTheEndOfALongTextIsHidden() {
		for (int i = 0; i < 100; i++) {
			assertThat(AwsText.forCallers("x".repeat(AwsText.MAX_LENGTH - i) + DENIED)).doesNotContain("21098");
		}
	}

	@Test
	void reasonOfAnImageNamesNoIdentityButTheLogDoes(CapturedOutput output) {
		String arn = build();
		this.simulator.onNext(Operation.GET_IMAGE, Fault.with("image.state.reason", DENIED));
		assertThat(this.imageBuilder.getImage(arn).reason()).isEqualTo(SHOWN);
		assertThat(output).contains(arn, DENIED);
	}

	@Test
	void nothingElseAboutAnImageNamesAnIdentity() {
		String arn = build();
		this.simulator.onNext(Operation.GET_IMAGE, Fault.body("""
				{"image":{"state":{"failureContext":{"componentFailure":{"errorMessage":"%1$s"}}},
				"outputResources":{"amis":[{"state":{"status":"FAILED","reason":"%1$s"}}]}}}""".formatted(DENIED)));
		Image image = this.imageBuilder.getImage(arn);
		assertThat(image.amis()).extracting(Ami::reason).containsExactly(SHOWN);
		assertThat(image.failureContext().at("/componentFailure/errorMessage").stringValue()).isEqualTo(SHOWN);
	}

	@Test
	void missingCredentialsAreMissingAndNoMore() {
		AwsCredentialsProvider none = () -> {
			throw SdkClientException.create("Looked in /var/run/secrets/token and elsewhere");
		};
		ImageBuilderException failure = failure(() -> at(none).createDistributionConfiguration(CONFIGURATION));
		assertThat(failure.message()).isEqualTo("The service has no AWS credentials at the moment");
		assertThat(failure.getMessage()).contains("/var/run/secrets/token");
		assertThat(failure.remedy()).isEqualTo(Remedy.RETRY_SLOWLY);
		assertThat(failure.certainty()).isEqualTo(Certainty.NOT_CARRIED_OUT);
	}

	@Test
	void secretsThatAwsQuotesAreNotRepeated() {
		AwsCredentialsProvider session = StaticCredentialsProvider
			.create(AwsSessionCredentials.create("AKIDEXAMPLE", "planted-key", "planted-token"));
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.error(403, "SignatureDoesNotMatch",
				"It should have been 'x-amz-security-token:planted-token' and not planted-key"));
		ImageBuilderException failure = failure(() -> at(session).createDistributionConfiguration(CONFIGURATION));
		assertThat(Stream.of(failure.message(), failure.getMessage()))
			.containsOnly("It should have been 'x-amz-security-token:…' and not …");
	}

	// Its connections are closed with the JVM.
	@SuppressWarnings("resource")
	private ImageBuilder at(AwsCredentialsProvider credentials) {
		LargeResponses large = new LargeResponses(Duration.ofSeconds(5));
		ImageBuilderClients clients = new ImageBuilderClients(Duration.ofSeconds(5), credentials,
				new ResponseLimits(LargeResponses.LARGE, large),
				(builder) -> builder.endpointOverride(this.simulator.endpoint()));
		return new AwsImageBuilder(
				new AwsCalls(clients::inRegion, ImageBuilders.ofOneAccount(credentials, (place) -> false, clients),
						large, Clock.systemUTC(), new CallMetrics(new SimpleMeterRegistry())));
	}

}
