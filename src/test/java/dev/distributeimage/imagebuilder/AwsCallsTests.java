package dev.distributeimage.imagebuilder;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.stream.Stream;

import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Certainty;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.RecordedRequest;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests every kind of response through the real SDK client. */
@NullUnmarked
class AwsCallsTests extends SimulatedAwsTest {

	/**
	 * Error codes: each one of Image Builder's model, and those common to all of AWS.
	 */
	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			429 | CallRateLimitExceededException        | RETRY        | RETRY        | NOT_CARRIED_OUT
			429 | TooManyRequestsException              | RETRY        | RETRY        | NOT_CARRIED_OUT
			400 | ThrottlingException                   | RETRY        | RETRY        | NOT_CARRIED_OUT
			400 | RequestLimitExceeded                  | RETRY        | RETRY        | NOT_CARRIED_OUT
			400 | CallRateLimitExceededException        | RETRY        | RETRY        | NOT_CARRIED_OUT
			500 | ServiceException                      | RETRY        | RETRY        | UNKNOWN
			503 | ServiceUnavailableException           | RETRY        | RETRY        | UNKNOWN
			500 | InternalFailure                       | RETRY        | RETRY        | UNKNOWN
			503 | ServiceUnavailable                    | RETRY        | RETRY        | UNKNOWN
			408 | RequestTimeoutException               | RETRY        | RETRY        | UNKNOWN
			400 | RequestTimeout                        | RETRY        | RETRY        | UNKNOWN
			400 | RequestAbortedException               | RETRY        | RETRY        | UNKNOWN
			402 | ServiceQuotaExceededException         | RETRY_SLOWLY | RETRY_SLOWLY | NOT_CARRIED_OUT
			400 | ResourceInUseException                | RETRY_SLOWLY | RETRY_SLOWLY | NOT_CARRIED_OUT
			403 | ExpiredTokenException                 | RETRY_SLOWLY | RETRY_SLOWLY | NOT_CARRIED_OUT
			403 | ExpiredToken                          | RETRY_SLOWLY | RETRY_SLOWLY | NOT_CARRIED_OUT
			403 | RequestExpired                        | RETRY_SLOWLY | RETRY_SLOWLY | NOT_CARRIED_OUT
			403 | RequestTimeTooSkewed                  | RETRY_SLOWLY | RETRY_SLOWLY | NOT_CARRIED_OUT
			403 | InvalidSignatureException             | RETRY_SLOWLY | RETRY_SLOWLY | NOT_CARRIED_OUT
			403 | SignatureDoesNotMatch                 | RETRY_SLOWLY | RETRY_SLOWLY | NOT_CARRIED_OUT
			403 | UnrecognizedClientException           | RETRY_SLOWLY | RETRY_SLOWLY | NOT_CARRIED_OUT
			403 | InvalidClientTokenId                  | RETRY_SLOWLY | RETRY_SLOWLY | NOT_CARRIED_OUT
			403 | AccessDeniedException                 | GIVE_UP      | RETRY_SLOWLY | NOT_CARRIED_OUT
			403 | ForbiddenException                    | GIVE_UP      | RETRY_SLOWLY | NOT_CARRIED_OUT
			404 | ResourceNotFoundException             | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			412 | DryRunOperationException              | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			400 | ClientException                       | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			400 | InvalidRequestException               | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			400 | IdempotentParameterMismatchException  | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			400 | ResourceAlreadyExistsException        | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			400 | ResourceDependencyException           | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			400 | InvalidParameterCombinationException  | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			400 | InvalidParameterException             | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			400 | InvalidParameterValueException        | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			400 | InvalidPaginationTokenException       | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			400 | InvalidVersionNumberException         | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			403 | IncompleteSignature                   | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			400 | MalformedHttpRequestException         | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			401 | NotAuthorized                         | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			403 | OptInRequired                         | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			413 | RequestEntityTooLargeException        | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			404 | UnknownOperationException             | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT
			400 | ValidationError                       | GIVE_UP      | GIVE_UP      | NOT_CARRIED_OUT""")
	void errorCodeDecidesTheRemedy(int status, String code, Remedy atACreate, Remedy atGetImage, Certainty certainty) {
		this.simulator.always(Fault.error(status, code, "As specified"));
		ImageBuilderException create = failure(() -> this.imageBuilder.createDistributionConfiguration(CONFIGURATION));
		assertThat(create.remedy()).isEqualTo(atACreate);
		assertThat(create.certainty()).isEqualTo(certainty);
		assertThat(create.code()).isEqualTo(code);
		assertThat(create.message()).isEqualTo("As specified");
		assertThat(create.requestId()).isNotBlank();
		assertThat(failure(() -> this.imageBuilder.createImage(image())).remedy()).isEqualTo(atACreate);
		assertThat(failure(() -> this.imageBuilder.getImage(imageArn("1.0.0/1"))).remedy()).isEqualTo(atGetImage);
	}

	@Test
	void everyErrorOfTheModelHasItsRow() throws Exception {
		JsonNode shapes;
		try (var model = getClass().getResourceAsStream("/dev/distributeimage/simulator/imagebuilder-model.json")) {
			shapes = JsonMapper.shared().readTree(model).get("shapes");
		}
		String rows = AwsCallsTests.class
			.getDeclaredMethod("errorCodeDecidesTheRemedy", int.class, String.class, Remedy.class, Remedy.class,
					Certainty.class)
			.getAnnotation(CsvSource.class)
			.textBlock();
		assertThat(shapes.propertyStream().filter((shape) -> shape.getValue().path("exception").asBoolean()))
			.isNotEmpty()
			.allSatisfy((shape) -> assertThat(rows).contains("| " + shape.getKey() + " "));
	}

	static Stream<Fault> unusableResponses() {
		return Stream.of(Fault.html(502), Fault.html(500), Fault.html(503), Fault.html(504), Fault.html(408),
				Fault.reset(), Fault.reset().afterCommit(), Fault.truncated(), Fault.empty(), Fault.notJson(),
				Fault.body("null"), Fault.body("[]"), Fault.body("{}"), Fault.answer(204, "application/json", ""),
				Fault.answer(201, "application/json", "{}"), Fault.without("distributionConfigurationArn"));
	}

	@ParameterizedTest
	@MethodSource("unusableResponses")
	void createWithoutAUsableResponseMayHaveBeenCarriedOut(Fault fault) {
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, fault);
		ImageBuilderException failure = failure(() -> this.imageBuilder.createDistributionConfiguration(CONFIGURATION));
		assertThat(failure.remedy()).isEqualTo(Remedy.RETRY);
		assertThat(failure.certainty()).isEqualTo(Certainty.UNKNOWN);
		assertThat(failure.code()).isNull();
		assertThat(failure.message()).isNotBlank();
	}

	static Stream<Fault> proxyResponses() {
		return Stream.of(Fault.html(403), Fault.html(404), Fault.html(400), Fault.html(429), Fault.html(407),
				Fault.redirect(302, "/elsewhere"), Fault.redirect(307, "/elsewhere"),
				Fault.answer(403, "application/json", ""),
				Fault.answer(404, "application/json", "{\"message\":\"no\"}"));
	}

	@ParameterizedTest
	@MethodSource("proxyResponses")
	void errorWithoutAnAwsCodeIsRetried(Fault fault) {
		this.simulator.always(fault);
		ImageBuilderException create = failure(() -> this.imageBuilder.createDistributionConfiguration(CONFIGURATION));
		assertThat(create.remedy()).isEqualTo(Remedy.RETRY);
		assertThat(create.certainty()).isEqualTo(Certainty.NOT_CARRIED_OUT);
		assertThat(create.code()).isNull();
		ImageBuilderException poll = failure(() -> this.imageBuilder.getImage(imageArn("1.0.0/1")));
		assertThat(poll.remedy()).isEqualTo(Remedy.RETRY);
		assertThat(poll.isNotFound()).isFalse();
	}

	@Test
	void callThatTakesTooLongIsATimeout() {
		ImageBuilder impatient = ImageBuilders.at(this.simulator.endpoint(), Duration.ofMillis(300));
		this.simulator.always(Operation.CREATE_DISTRIBUTION_CONFIGURATION).meet(Fault.blackHole());
		ImageBuilderException failure = failure(() -> impatient.createDistributionConfiguration(CONFIGURATION));
		assertThat(failure.isTimeout()).isTrue();
		assertThat(failure.certainty()).isEqualTo(Certainty.UNKNOWN);
		assertThat(failure.remedy()).isEqualTo(Remedy.RETRY);
	}

	static Stream<Fault> oversizedResponses() {
		return Stream.of(Fault.megabytes(5), Fault.answer(502, "text/html", "x".repeat(5_000_000)),
				Fault.answer(200, "application/json", "x".repeat(5_000_000)));
	}

	@ParameterizedTest
	@MethodSource("oversizedResponses")
	void oversizedResponseIsUnusable(Fault fault) {
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, fault);
		ImageBuilderException failure = failure(() -> this.imageBuilder.createDistributionConfiguration(CONFIGURATION));
		assertThat(failure.remedy()).isEqualTo(Remedy.RETRY);
		assertThat(failure.certainty()).isEqualTo(Certainty.UNKNOWN);
		assertThat(failure.message()).containsAnyOf("The response is longer than distribute-image.aws.max-response",
				"HTTP status 502");
	}

	@Test
	void responseWithAnExtraMegabyteIsRead() {
		String arn = build();
		this.simulator.onNext(Operation.GET_IMAGE, Fault.megabytes(1));
		assertThat(this.imageBuilder.getImage(arn).status()).isNotNull();
	}

	@ParameterizedTest
	@CsvSource({ "400, ThrottlingException, true", "429, TooManyRequestsException, true",
			"400, CallRateLimitExceededException, true", "503, ServiceUnavailableException, false",
			"402, ServiceQuotaExceededException, false" })
	void throttlingIsToldFromOtherFailures(int status, String code, boolean throttled) {
		this.simulator.always(Fault.error(status, code));
		assertThat(failure(() -> this.imageBuilder.createImage(image())).isThrottled()).isEqualTo(throttled);
	}

	@Test
	void noCallIsRepeatedByTheSdk() {
		this.simulator.always(Fault.error(503, "ServiceUnavailableException"));
		failure(() -> this.imageBuilder.createDistributionConfiguration(CONFIGURATION));
		failure(() -> this.imageBuilder.getImage(imageArn("1.0.0/1")));
		assertThat(this.simulator.count(Operation.CREATE_DISTRIBUTION_CONFIGURATION)).isOne();
		assertThat(this.simulator.count(Operation.GET_IMAGE)).isOne();
	}

	@Test
	void createDoesNotWaitForAContinue() {
		this.imageBuilder.createDistributionConfiguration(CONFIGURATION);
		RecordedRequest request = this.simulator.requests(Operation.CREATE_DISTRIBUTION_CONFIGURATION).get(0);
		assertThat(request.headers().keySet()).noneMatch("expect"::equalsIgnoreCase);
	}

	@Test
	void clockSkewIsCorrectedFromTheResponse() {
		Instant ahead = Instant.now().plus(Duration.ofHours(2));
		this.simulator.onNext(Operation.GET_IMAGE,
				Fault.error(403, "InvalidSignatureException").header("Date", httpDate(ahead.atZone(ZoneOffset.UTC))));
		ImageBuilder skewed = ImageBuilders.at(this.simulator.endpoint());
		failure(() -> skewed.getImage(imageArn("1.0.0/1")));
		assertThat(failure(() -> skewed.getImage(imageArn("1.0.0/1"))).message()).contains("not yet current");
		assertThat(failure(() -> skewed.getImage(imageArn("1.0.0/1"))).isNotFound()).isTrue();
	}

	@Test
	void retryAfterUsesTheClockOfTheResponse() {
		ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC).plusHours(2);
		this.simulator.always(Fault.error(429, "TooManyRequestsException")
			.header("Date", httpDate(now))
			.header("Retry-After", httpDate(now.plusMinutes(10))));
		assertThat(failure(() -> this.imageBuilder.getImage(imageArn("1.0.0/1"))).retryAfter())
			.isEqualTo(Duration.ofMinutes(10));
	}

	private static String httpDate(ZonedDateTime date) {
		return date.format(DateTimeFormatter.RFC_1123_DATE_TIME);
	}

}
