package dev.distributeimage.simulator;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.apache.ApacheHttpClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class SimulatorTests {

	private final HandCrankedClock clock = new HandCrankedClock();

	@AutoClose
	private final Simulator simulator = Simulator.start(SimulatorSettings.defaults().withClock(this.clock));

	@AutoClose
	private final SdkCalls calls = SdkCalls.to(this.simulator);

	@Test
	void imageBecomesAvailableInEveryRegionOfItsDistribution() {
		String distribution = this.calls.createDistribution("My Distribution_1",
				SdkCalls.amisIn("eu-west-1", "us-east-1"));
		String arn = this.calls.createImage("web/1.0.x", distribution, "token-1").imageBuildVersionArn();
		assertThat(arn).isEqualTo(SdkCalls.PREFIX + "image/web/1.0.0/1");
		assertThat(this.calls.status(arn)).isEqualTo("PENDING");
		this.clock.advance(Duration.ofSeconds(6));
		assertThat(this.calls.status(arn)).isEqualTo("AVAILABLE");
		assertThat(this.calls.image(arn).outputResources().amis()).hasSize(2);
		assertThat(this.simulator.builds()).isEqualTo(1);
		assertThat(this.simulator.requests(Operation.GET_IMAGE)).hasSize(3);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void expectationIsMetOrNotAsked(boolean expect) {
		try (SdkCalls own = SdkCalls.to(this.simulator, SdkCalls.REGION,
				ApacheHttpClient.builder().expectContinueEnabled(expect))) {
			assertThat(own.build("web")).endsWith("/1");
		}
		assertThat(this.simulator.requests().get(0).headers().containsKey("expect")).isEqualTo(expect);
	}

	@Test
	void callsAtTheSameTimeWithOneTokenStartOneBuild() {
		String distribution = this.calls.createDistribution("web", SdkCalls.amisIn("eu-west-1"));
		assertThat(
				atTheSameTime(100, () -> this.calls.createImage("web/1.0.0", distribution, "t").imageBuildVersionArn()))
			.hasSize(100)
			.containsOnly(SdkCalls.PREFIX + "image/web/1.0.0/1");
		assertThat(this.simulator.builds()).isEqualTo(1);
	}

	@Test
	void callsAtTheSameTimeGetBuildsOfTheirOwn() {
		assertThat(atTheSameTime(300, () -> this.calls.build("web"))).hasSize(300).doesNotHaveDuplicates();
		assertThat(this.simulator.count(Operation.CREATE_IMAGE)).isEqualTo(300);
	}

	@Test
	void closedSimulatorRefusesConnections() {
		this.simulator.close();
		assertThatExceptionOfType(SdkClientException.class).isThrownBy(() -> this.calls.build("web"));
	}

	@Test
	void simulatorsDoNotKnowOfEachOther() {
		try (Simulator other = Simulator.start(); SdkCalls otherCalls = SdkCalls.to(other)) {
			this.calls.build("web");
			assertThat(otherCalls.build("web")).endsWith("/1");
			assertThat(other.port()).isNotEqualTo(this.simulator.port());
		}
	}

	@Test
	void requestsAreForgottenButCounted() {
		Requests requests = new Requests(2);
		IntStream.range(0, 3).forEach((call) -> this.calls.build("web"));
		this.simulator.requests().forEach(requests::arrived);
		assertThat(requests.all()).hasSize(2);
		assertThat(requests.count(Operation.CREATE_IMAGE)).isEqualTo(3);
	}

	private static List<String> atTheSameTime(int times, Supplier<String> call) {
		ExecutorService threads = Executors.newFixedThreadPool(50);
		try {
			List<CompletableFuture<String>> answers = IntStream.range(0, times)
				.mapToObj((number) -> CompletableFuture.supplyAsync(call, threads))
				.toList();
			return answers.stream().map(CompletableFuture::join).toList();
		}
		finally {
			threads.shutdownNow();
		}
	}

}
