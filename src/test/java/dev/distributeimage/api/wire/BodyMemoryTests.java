package dev.distributeimage.api.wire;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class BodyMemoryTests {

	private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

	// Two kilobytes, each weighing 20.
	private final BodyMemory memory = new BodyMemory(new MemoryPool(40 * 1024), new MemoryPool(1024),
			new RefusedRequests(this.metrics));

	@Test
	void bodiesAreReadWhileTheyFit() {
		assertThat(this.memory.<Integer>read(request(1_000), (one) -> one.length + length(1_000))).isEqualTo(2_000);
	}

	@Test
	void bodyThatDoesNotFitIsRefusedUntilAnotherIsUsed() {
		this.memory.<Boolean>read(request(1_000), (one) -> {
			assertRefused(request(1_500));
			return true;
		});
		assertThat(length(1_500)).isEqualTo(1_500);
		assertThat(this.metrics.get("distribute.image.requests.refused").tag("reason", "overloaded").counter().count())
			.isOne();
	}

	@Test
	void bodyThatFailsGivesItsMemoryBack() {
		for (int i = 0; i < 10; i++) {
			assertThatExceptionOfType(IllegalStateException.class)
				.isThrownBy(() -> this.memory.read(request(1_500), (body) -> {
					throw new IllegalStateException();
				}));
		}
		assertThat(length(1_500)).isEqualTo(1_500);
	}

	@Test
	void largestBodyFitsIntoAnyHeapAlone() {
		assertThat(length(1024 * 1024)).isEqualTo(1024 * 1024);
	}

	private void assertRefused(MockHttpServletRequest request) {
		assertThatExceptionOfType(ProblemException.class)
			.isThrownBy(() -> this.memory.read(request, (body) -> body.length))
			.extracting(ProblemException::type)
			.isEqualTo(ProblemType.OVERLOADED);
	}

	private int length(int bytes) {
		return this.memory.<Integer>read(request(bytes), (body) -> body.length);
	}

	private static MockHttpServletRequest request(int bytes) {
		MockHttpServletRequest request = new MockHttpServletRequest();
		request.setContentType("application/json");
		request.setContent(new byte[bytes]);
		return request;
	}

}
