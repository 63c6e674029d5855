package dev.distributeimage.api.wire;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.wire.ResponseMemory.Share;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class ResponseMemoryTests {

	private static final int KILOBYTE = 1024;

	private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

	private final MemoryPool small = new MemoryPool(128 * KILOBYTE);

	private final MemoryPool large = new MemoryPool(1024 * KILOBYTE);

	private final ResponseMemory memory = new ResponseMemory(this.small, this.large, new RefusedRequests(this.metrics));

	@Test
	void tinyResponseIsNeverRefused() {
		for (int i = 0; i < 10_000; i++) {
			share().require(8 * KILOBYTE);
		}
		assertThat(this.small.free()).isEqualTo(128);
	}

	@Test
	void largeResponseIsRefusedWhileOthersHoldTheMemory() {
		Share first = share();
		first.require(600 * KILOBYTE);
		assertThatExceptionOfType(ProblemException.class).isThrownBy(() -> share().require(500 * KILOBYTE))
			.extracting(ProblemException::type)
			.isEqualTo(ProblemType.OVERLOADED);
		assertThat(this.metrics.get("distribute.image.requests.refused").tag("reason", "overloaded").counter().count())
			.isOne();
		first.release();
		share().require(500 * KILOBYTE);
	}

	@Test
	void largeResponsesLeaveTheSmallOnesTheirs() {
		share().require(1024 * KILOBYTE);
		share().require(64 * KILOBYTE);
		share().require(64 * KILOBYTE);
		assertThat(share().tryRequire(9 * KILOBYTE)).isFalse();
	}

	@Test
	void responseThatGrowsLargeLeavesTheSmallOnes() {
		Share share = share();
		share.require(60 * KILOBYTE);
		share.require(100 * KILOBYTE);
		assertThat(this.small.free()).isEqualTo(128);
		assertThat(this.large.free()).isEqualTo(1024 - 100);
	}

	@Test
	void madeResponseGivesBackWhatItWasMadeFrom() {
		Share share = share();
		share.requireToMake(300 * KILOBYTE);
		assertThat(this.large.free()).isEqualTo(1024 - 900);
		share.shrinkTo(280 * KILOBYTE);
		assertThat(this.large.free()).isEqualTo(1024 - 280);
	}

	@Test
	void largestResponseFitsIntoAnyHeapAlone() {
		share().require(Integer.MAX_VALUE);
	}

	@Test
	void closedShareTakesNothing() {
		Share share = share();
		share.require(100 * KILOBYTE);
		share.close();
		share.require(100 * KILOBYTE);
		assertThat(this.large.free()).isEqualTo(1024);
	}

	private Share share() {
		return this.memory.share(new MockHttpServletRequest());
	}

}
