package dev.distributeimage.api;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;

class BodyMemoryTests {

	private final BodyMemory room = new BodyMemory(2_048, 2_048);

	@Test
	void bodyIsReadWhileThereIsRoom() {
		assertThat(this.room.<Integer>read(request(1_000), (one) -> one.length + length(1_000))).isEqualTo(2_000);
	}

	@Test
	void bodyWithoutRoomIsRefusedUntilAnotherIsUsed() {
		this.room.<Boolean>read(request(1_000), (one) -> {
			assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> length(1_500))
				.extracting(ProblemException::type)
				.isEqualTo(ProblemType.OVERLOADED);
			return true;
		});
		assertThat(length(1_500)).isEqualTo(1_500);
	}

	@Test
	void bodyWaitsForTheRoomToBeTakenApart() {
		BodyMemory narrow = new BodyMemory(2L * 1024 * 1024, 1024);
		CompletableFuture<Integer> other = narrow.<CompletableFuture<Integer>>read(request(1_000), (one) -> {
			CompletableFuture<Integer> waiting = CompletableFuture
				.supplyAsync(() -> narrow.<Integer>read(request(500), (body) -> body.length));
			Awaitility.await().during(Duration.ofMillis(100)).until(() -> !waiting.isDone());
			return waiting;
		});
		assertThat(other.join()).isEqualTo(500);
	}

	@Test
	void bodyOfUnknownLengthNeedsTheRoomOfTheLargest() {
		MockHttpServletRequest chunked = new MockHttpServletRequest();
		chunked.setContentType("application/json");
		assertThatExceptionOfType(ProblemException.class)
			.isThrownBy(() -> this.room.read(chunked, (body) -> body.length));
		assertThat(new BodyMemory(2L * 1024 * 1024, 1024 * 1024).<Integer>read(chunked, (body) -> body.length))
			.isZero();
	}

	private int length(int bytes) {
		return this.room.<Integer>read(request(bytes), (body) -> body.length);
	}

	private static MockHttpServletRequest request(int bytes) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setContentType("application/json");
		request.setContent(new byte[bytes]);
		return request;
	}

}
