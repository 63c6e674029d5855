package dev.distributeimage.simulator;

import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.distributeimage.simulator.RecordedRequest.Outcome;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.services.imagebuilder.model.CallRateLimitExceededException;
import software.amazon.awssdk.services.imagebuilder.model.CreateImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.ImagebuilderException;
import software.amazon.awssdk.services.imagebuilder.model.ServiceException;

import static dev.distributeimage.simulator.Operation.CREATE_IMAGE;
import static dev.distributeimage.simulator.Operation.GET_IMAGE;
import static dev.distributeimage.simulator.Operation.LIST_IMAGE_BUILD_VERSIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

class FaultTests {

	@AutoClose
	private final Simulator simulator = Simulator.start();

	@AutoClose
	private final SdkCalls calls = SdkCalls.to(this.simulator);

	@ParameterizedTest
	@CsvSource({ "429, CallRateLimitExceededException", "429, TooManyRequestsException",
			"402, ServiceQuotaExceededException", "403, AccessDeniedException", "403, ForbiddenException",
			"404, ResourceNotFoundException", "500, ServiceException", "503, ServiceUnavailableException",
			"400, ThrottlingException", "400, ResourceInUseException", "403, ExpiredTokenException",
			"418, NeverHeardOfException" })
	void errorArrivesAsAwsWouldSendItAndNothingIsDone(int status, String code) {
		this.simulator.onNext(CREATE_IMAGE, Fault.error(status, code, "no"));
		assertThatExceptionOfType(ImagebuilderException.class).isThrownBy(() -> this.calls.build("web"))
			.satisfies((ex) -> {
				assertThat(ex.statusCode()).isEqualTo(status);
				assertThat(ex.awsErrorDetails().errorCode()).isEqualTo(code);
				assertThat(ex.awsErrorDetails().errorMessage()).isEqualTo("no");
				assertThat(ex.requestId()).isNotBlank();
			});
		assertThat(this.simulator.builds()).isZero();
		assertThat(outcomes()).containsExactly(Outcome.FAULTED);
		assertThatNoException().isThrownBy(() -> this.calls.build("web"));
	}

	@Test
	void throttlingAs400IsRecognised() {
		this.simulator.onNext(GET_IMAGE, Fault.error(400, "ThrottlingException"));
		assertThatExceptionOfType(AwsServiceException.class).isThrownBy(() -> this.calls.image(anyArn()))
			.matches(AwsServiceException::isThrottlingException);
	}

	@Test
	void errorAfterCommitLeavesABuildBehind() {
		this.simulator.onNext(CREATE_IMAGE, Fault.error(500, "ServiceException").afterCommit());
		assertThatExceptionOfType(ServiceException.class)
			.isThrownBy(() -> this.calls.createImage("web/1.0.0", distribution(), "t"));
		assertThat(this.simulator.builds()).isEqualTo(1);
		RecordedRequest request = this.simulator.requests(CREATE_IMAGE).get(0);
		assertThat(request.outcome()).isEqualTo(Outcome.COMMITTED);
		assertThat(request.status()).isEqualTo(500);
		assertThat(request.code()).isEqualTo("ServiceException");
	}

	@Test
	void headersGoWithTheError() {
		this.simulator.onNext(CREATE_IMAGE,
				Fault.error(429, "CallRateLimitExceededException").header("Retry-After", "7"));
		assertThatExceptionOfType(CallRateLimitExceededException.class).isThrownBy(() -> this.calls.build("web"))
			.satisfies((ex) -> assertThat(ex.awsErrorDetails().sdkHttpResponse().firstMatchingHeader("Retry-After"))
				.hasValue("7"));
	}

	@ParameterizedTest
	@CsvSource({ "403", "404", "502" })
	void htmlErrorHasNoCode(int status) {
		this.simulator.onNext(CREATE_IMAGE, Fault.html(status));
		assertThatExceptionOfType(ImagebuilderException.class).isThrownBy(() -> this.calls.build("web"))
			.satisfies((ex) -> {
				assertThat(ex.statusCode()).isEqualTo(status);
				assertThat(ex.awsErrorDetails().errorCode()).isNull();
			});
	}

	@Test
	void redirectIsNoSuccess() {
		this.simulator.onNext(CREATE_IMAGE, Fault.redirect(301, "http://127.0.0.1:1/"));
		assertThatExceptionOfType(ImagebuilderException.class).isThrownBy(() -> this.calls.build("web"))
			.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(301));
	}

	@ParameterizedTest
	@MethodSource
	void brokenAnswerIsACommitTheClientDoesNotKnowOf(Fault fault) {
		this.simulator.onNext(CREATE_IMAGE, fault);
		assertThatExceptionOfType(SdkException.class).isThrownBy(() -> this.calls.build("web"));
		assertThat(this.simulator.builds()).isEqualTo(1);
	}

	static Stream<Fault> brokenAnswerIsACommitTheClientDoesNotKnowOf() {
		return Stream.of(Fault.truncated(), Fault.notJson(), Fault.reset().afterCommit(), Fault.html(502).afterCommit(),
				Fault.body("{\"imageBuildVersionArn\": 7"));
	}

	@ParameterizedTest
	@MethodSource
	void successWithoutArnReadsAsNull(Fault fault) {
		this.simulator.onNext(CREATE_IMAGE, fault);
		assertThat(this.calls.build("web")).isNull();
		assertThat(this.simulator.builds()).isEqualTo(1);
	}

	static Stream<Fault> successWithoutArnReadsAsNull() {
		return Stream.of(Fault.empty(), Fault.without("imageBuildVersionArn"), Fault.body("{}"));
	}

	@Test
	void foreignArnIsHandedOn() {
		this.simulator.onNext(CREATE_IMAGE, Fault.with("imageBuildVersionArn", "arn:aws:s3:::bucket"));
		assertThat(this.calls.build("web")).isEqualTo("arn:aws:s3:::bucket");
	}

	@Test
	void memberOfAMemberCanBeLeftOut() {
		this.simulator.pace(Duration.ofDays(1));
		String arn = this.calls.build("web");
		this.simulator.onNext(GET_IMAGE, Fault.without("image.state"));
		assertThat(this.calls.image(arn).state()).isNull();
		assertThat(this.calls.status(arn)).isEqualTo("PENDING");
	}

	@Test
	void tenMegabytesArrive() {
		this.simulator.onNext(CREATE_IMAGE, Fault.megabytes(10));
		assertThat(this.calls.build("web")).endsWith("/1");
	}

	@Test
	void resetBeforeCommitDoesNothing() {
		this.simulator.onNext(CREATE_IMAGE, Fault.reset());
		assertThatExceptionOfType(SdkClientException.class).isThrownBy(() -> this.calls.build("web"))
			.withRootCauseInstanceOf(SocketException.class);
		assertThat(this.simulator.builds()).isZero();
	}

	@Test
	void hangBeforeCommitBecomesALateCreate() {
		String distribution = distribution();
		FaultRule hang = this.simulator.onNext(CREATE_IMAGE, Fault.hang());
		try (SdkCalls hasty = hasty()) {
			assertThatExceptionOfType(SdkClientException.class)
				.isThrownBy(() -> hasty.createImage("web/1.0.0", distribution, "t"));
		}
		assertThat(this.simulator.builds()).isZero();
		await().untilAsserted(() -> assertThat(outcomes()).containsExactly(Outcome.WAITING));
		hang.release();
		await().until(() -> this.simulator.builds() == 1);
		assertThat(this.calls.createImage("web/1.0.0", distribution, "t").imageBuildVersionArn()).endsWith("/1");
	}

	@Test
	void hangAfterCommitHasBuilt() {
		FaultRule hang = this.simulator.onNext(CREATE_IMAGE, Fault.hang().afterCommit());
		CompletableFuture<CreateImageResponse> answer = CompletableFuture
			.supplyAsync(() -> this.calls.createImage("web/1.0.0", distribution(), "t"));
		await().until(() -> this.simulator.builds() == 1);
		await().until(() -> outcomes().toList().contains(Outcome.COMMITTED));
		assertThat(answer).isNotDone();
		hang.release();
		assertThat(answer.join().imageBuildVersionArn()).endsWith("/1");
	}

	@Test
	void blackHoleNeverBuilds() {
		FaultRule hole = this.simulator.onNext(CREATE_IMAGE, Fault.blackHole());
		try (SdkCalls hasty = hasty()) {
			assertThatExceptionOfType(SdkClientException.class).isThrownBy(() -> hasty.build("web"));
		}
		hole.release();
		await().until(() -> outcomes().toList().contains(Outcome.FAULTED));
		assertThat(this.simulator.builds()).isZero();
	}

	@Test
	void hangForATimeOnlyTakesLonger() {
		this.simulator.onNext(CREATE_IMAGE, Fault.hangFor(Duration.ofMillis(200)));
		long start = System.nanoTime();
		this.calls.build("web");
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(199));
	}

	@Test
	void onlyTheRegionNamedIsStruck() {
		this.simulator.always(LIST_IMAGE_BUILD_VERSIONS).inRegion("eu-west-1").hang();
		try (SdkCalls elsewhere = SdkCalls.to(this.simulator, "us-east-1", ApacheHttpClient.builder());
				SdkCalls hasty = hasty()) {
			assertThatExceptionOfType(SdkClientException.class)
				.isThrownBy(() -> hasty.client().listImageBuildVersions((request) -> request.maxResults(1)));
			assertThatNoException()
				.isThrownBy(() -> elsewhere.client().listImageBuildVersions((request) -> request.maxResults(1)));
		}
	}

	@Test
	void onlyTheRequestsMeantAreStruck() {
		this.simulator.always(CREATE_IMAGE).mentioning("image-recipe/bad").fail(500, "ServiceException");
		this.simulator.always(CREATE_IMAGE)
			.when((request) -> request.parameter("clientToken").orElse("").equals("bad"))
			.fail(500, "ServiceException");
		String distribution = distribution();
		assertThatExceptionOfType(ServiceException.class)
			.isThrownBy(() -> this.calls.createImage("bad/1.0.0", distribution, "t"));
		assertThatExceptionOfType(ServiceException.class)
			.isThrownBy(() -> this.calls.createImage("web/1.0.0", distribution, "bad"));
		assertThatNoException().isThrownBy(() -> this.calls.createImage("web/1.0.0", distribution, "t"));
	}

	@Test
	void countedFaultComesBeforeThePermanentOneAndIsUsedUp() {
		FaultRule permanent = this.simulator.always(Fault.error(503, "ServiceUnavailableException"));
		FaultRule counted = this.simulator.onNext(2, GET_IMAGE, Fault.error(429, "CallRateLimitExceededException"));
		assertThat(IntStream.range(0, 3).map((attempt) -> failedGetImage())).containsExactly(429, 429, 503);
		assertThat(counted.hits()).isEqualTo(2);
		permanent.remove();
		assertThat(failedGetImage()).isEqualTo(404);
		assertThat(permanent.hits()).isEqualTo(1);
	}

	@Test
	void probabilityIsTheSameForTheSameSeed() {
		FaultRule some = this.simulator.always(GET_IMAGE).withProbability(0.5, 7).fail(503, "ServiceException");
		long struck = IntStream.range(0, 40).map((attempt) -> failedGetImage()).filter((code) -> code == 503).count();
		assertThat(struck).isEqualTo(some.hits()).isBetween(10L, 30L);
		this.simulator.clearFaults();
		FaultRule again = this.simulator.always(GET_IMAGE).withProbability(0.5, 7).fail(503, "ServiceException");
		IntStream.range(0, 40).forEach((attempt) -> failedGetImage());
		assertThat(again.hits()).isEqualTo(some.hits());
	}

	@Test
	void clearingLetsGoOfWhatHangs() {
		this.simulator.always(CREATE_IMAGE, Fault.hang());
		CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> this.calls.build("web"));
		await().until(() -> this.simulator.count(CREATE_IMAGE) == 1);
		this.simulator.clearFaults();
		assertThat(answer.join()).endsWith("/1");
	}

	@Test
	void closingCommitsNothingThatHangs() {
		this.simulator.always(CREATE_IMAGE, Fault.hang());
		CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> this.calls.build("web"));
		await().until(() -> this.simulator.count(CREATE_IMAGE) == 1);
		this.simulator.close();
		assertThat(answer).failsWithin(Duration.ofSeconds(5));
		assertThat(this.simulator.builds()).isZero();
	}

	private Stream<Outcome> outcomes() {
		return this.simulator.requests(CREATE_IMAGE).stream().map(RecordedRequest::outcome);
	}

	private SdkCalls hasty() {
		return SdkCalls.to(this.simulator, SdkCalls.REGION,
				ApacheHttpClient.builder().socketTimeout(Duration.ofMillis(200)));
	}

	private String distribution() {
		return this.calls.createDistribution("web", SdkCalls.amisIn("eu-west-1"));
	}

	private static String anyArn() {
		return SdkCalls.PREFIX + "image/web/1.0.0/1";
	}

	private int failedGetImage() {
		try {
			this.calls.image(anyArn());
			return 200;
		}
		catch (AwsServiceException ex) {
			return ex.statusCode();
		}
	}

}
