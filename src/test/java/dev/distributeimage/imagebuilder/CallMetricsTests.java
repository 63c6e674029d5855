package dev.distributeimage.imagebuilder;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.distributeimage.aws.Accounts;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests what is measured of calls, with the real SDK. */
@NullUnmarked
class CallMetricsTests extends SimulatedAwsTest {

	private static final String ARN = "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1";

	private SimpleMeterRegistry metrics;

	@BeforeEach
	void forget() {
		this.metrics = new SimpleMeterRegistry();
	}

	@ParameterizedTest
	@CsvSource({ "400, InvalidParameterValueException, refused, InvalidParameterValueException",
			"400, NobodyKnowsException, refused, other",
			"429, CallRateLimitExceededException, throttled, CallRateLimitExceededException",
			"400, ThrottlingException, throttled, ThrottlingException",
			"500, ServiceException, unanswered, ServiceException",
			"403, ExpiredTokenException, no_credentials, ExpiredTokenException",
			"403, UnrecognizedClientException, no_credentials, UnrecognizedClientException" })
	void errorHasAnOutcomeAndACode(int status, String code, String outcome, String label) {
		this.simulator.onNext(Operation.GET_IMAGE, Fault.error(status, code));
		fail((place) -> false);
		assertThat(count(outcome)).isOne();
		assertThat(errors(label)).isOne();
	}

	@Test
	void lostConnectionIsUnanswered() {
		this.simulator.onNext(Operation.GET_IMAGE, Fault.reset());
		fail((place) -> false);
		assertThat(count("unanswered")).isOne();
		assertThat(errors("none")).isOne();
		assertThat(this.metrics.get("distribute.image.aws.calls").timer().totalTime(TimeUnit.NANOSECONDS)).isPositive();
	}

	@Test
	void callOfAnotherAccountLacksCredentials() {
		fail((place) -> true);
		assertThat(count("no_credentials")).isOne();
		assertThat(this.simulator.requests()).isEmpty();
	}

	private void fail(Accounts accounts) {
		URI endpoint = this.simulator.endpoint();
		ImageBuilder imageBuilder = ImageBuilders.measured(endpoint, accounts, new CallMetrics(this.metrics));
		assertThatExceptionOfType(ImageBuilderException.class).isThrownBy(() -> imageBuilder.getImage(ARN));
	}

	private long count(String outcome) {
		return this.metrics.get("distribute.image.aws.calls")
			.tags("operation", "GetImage", "region", "eu-west-1", "outcome", outcome)
			.timer()
			.count();
	}

	private double errors(String code) {
		return this.metrics.get("distribute.image.aws.errors")
			.tags("operation", "GetImage", "region", "eu-west-1", "code", code)
			.counter()
			.count();
	}

	@ParameterizedTest
	@MethodSource("errorsOfTheModel")
	void codesOfTheModelAreKnown(String code) {
		assertThat(CodeLabel.of(code)).isEqualTo(code);
	}

	static Stream<String> errorsOfTheModel() throws Exception {
		try (var model = SimulatedAwsTest.class
			.getResourceAsStream("/dev/distributeimage/simulator/imagebuilder-model.json")) {
			JsonNode shapes = JsonMapper.shared().readTree(model).path("shapes");
			return shapes.properties()
				.stream()
				.filter((shape) -> shape.getValue().path("exception").asBoolean(false))
				.map(Map.Entry::getKey)
				.toList()
				.stream();
		}
	}

}
