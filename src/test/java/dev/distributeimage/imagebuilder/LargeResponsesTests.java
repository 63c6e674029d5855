package dev.distributeimage.imagebuilder;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.distributeimage.run.Certainty;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** Tests large responses through the real SDK client, from two threads. */
@NullUnmarked
class LargeResponsesTests extends SimulatedAwsTest {

	private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(2);

	private static final String LARGE = "{\"image\":{\"state\":{\"status\":\"FAILED\"}},\"padding\":\"%s\"}"
		.formatted("x".repeat(2 * LargeResponses.LARGE));

	private LargeResponses responses;

	private ExecutorService other;

	private ImageBuilder client;

	private String arn;

	@BeforeEach
	void prepare() {
		this.responses = new LargeResponses(ATTEMPT_TIMEOUT);
		this.other = Executors.newSingleThreadExecutor();
		this.client = ImageBuilders.at(this.simulator.endpoint(), ATTEMPT_TIMEOUT, this.responses);
		this.arn = build();
	}

	@AfterEach
	void stop() {
		this.other.shutdownNow();
	}

	@Test
	void heldResponseLetsNoOtherBeReadUntilItIsHandedOver() {
		this.simulator.always(Operation.GET_IMAGE, Fault.body(LARGE));
		this.responses.hold();
		this.client.getImage(this.arn);
		ImageBuilderException refused = failureElsewhere();
		assertThat(refused.message()).startsWith("The response is longer than 1 MB");
		assertThat(refused.isTimeout()).isFalse();
		assertThat(refused.certainty()).isEqualTo(Certainty.NOT_CARRIED_OUT);
		this.responses.handOver().run();
		assertThat(failureElsewhere()).isNull();
	}

	@Test
	void smallResponseIsReadMeanwhile() {
		this.simulator.onNext(Operation.GET_IMAGE, Fault.body(LARGE));
		this.responses.hold();
		this.client.getImage(this.arn);
		assertThat(failureElsewhere()).isNull();
		this.responses.handOver().run();
	}

	@Test
	void turnEndsWithTheNextCall() {
		this.simulator.onNext(Operation.GET_IMAGE, Fault.body(LARGE));
		this.responses.hold();
		this.client.getImage(this.arn);
		this.client.getImage(this.arn);
		this.simulator.onNext(Operation.GET_IMAGE, Fault.body(LARGE));
		assertThat(failureElsewhere()).isNull();
		this.responses.handOver().run();
	}

	@Test
	void turnThatNobodyHoldsEndsWithTheCall() {
		this.simulator.always(Operation.GET_IMAGE, Fault.body(LARGE));
		this.client.getImage(this.arn);
		assertThat(failureElsewhere()).isNull();
	}

	@Test
	void turnEndsWithACallThatFails() {
		this.simulator.onNext(Operation.GET_IMAGE, Fault.body(LARGE.substring(0, LARGE.length() - 1)));
		this.responses.hold();
		assertThat(failure(() -> this.client.getImage(this.arn)).message()).contains("No usable response");
		this.simulator.onNext(Operation.GET_IMAGE, Fault.body(LARGE));
		assertThat(failureElsewhere()).isNull();
		this.responses.handOver().run();
	}

	@Test
	void senderThatHangsEndsItsTurnWithTheAttemptTimeout() throws Exception {
		try (HangingSender sender = HangingSender.start(2 * LargeResponses.LARGE)) {
			ImageBuilder hanging = ImageBuilders.at(sender.endpoint(), ATTEMPT_TIMEOUT, this.responses);
			CompletableFuture<Void> hung = CompletableFuture.runAsync(() -> hanging.getImage(this.arn), this.other);
			sender.awaitRequest();
			this.simulator.always(Operation.GET_IMAGE, Fault.body(LARGE));
			assertThat(catchThrowable(hung::join).getCause()).isInstanceOfSatisfying(ImageBuilderException.class,
					(ex) -> assertThat(ex.isTimeout()).isTrue());
			assertThat(this.client.getImage(this.arn).status()).isEqualTo("FAILED");
		}
	}

	@Test
	void lookUpReadsAPageThatIsTooLongBuildByBuild() {
		String summary = "{\"imageSummaryList\":[{\"arn\":\"%s\"}],\"padding\":\"%s\"}";
		this.simulator.onNext(Operation.LIST_IMAGE_BUILD_VERSIONS,
				Fault.body(summary.formatted(this.arn, "x".repeat(4 * LargeResponses.LARGE))));
		assertThat(this.client.findImage(image(), Instant.EPOCH, Set.of(), () -> true)).contains(this.arn);
		assertThat(this.simulator.requests(Operation.LIST_IMAGE_BUILD_VERSIONS))
			.extracting((request) -> request.parameters().get("maxResults").asInt())
			.containsExactly(5, 1);
	}

	private ImageBuilderException failureElsewhere() {
		Throwable thrown = catchThrowable(
				() -> CompletableFuture.runAsync(() -> this.client.getImage(this.arn), this.other).join());
		return (thrown instanceof CompletionException && thrown.getCause() instanceof ImageBuilderException ex) ? ex
				: null;
	}

}
