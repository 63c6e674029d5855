package dev.distributeimage.imagebuilder;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Tests the search for an image whose create got no response. */
@NullUnmarked
class LateImageSearchTests extends SimulatedAwsTest {

	@Test
	void imageOfAnotherAccountIsNotTheLostOne() {
		build();
		this.simulator.onNext(Operation.LIST_IMAGE_BUILD_VERSIONS,
				Fault.body("{\"imageSummaryList\":[{\"arn\":\"%s\"}]}"
					.formatted("arn:aws:imagebuilder:eu-west-1:999999999999:image/web/1.0.0/1")));
		this.simulator.onNext(Operation.GET_IMAGE,
				Fault.body("{\"image\":{\"distributionConfiguration\":{\"arn\":\"%s\"}}}"
					.formatted("arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/web")));
		assertThat(this.imageBuilder.findImage(image(), Instant.EPOCH, Set.of(), () -> true)).isEmpty();
	}

	@Test
	void searchOutOfTimeIsUnusable() {
		AtomicInteger calls = new AtomicInteger(1);
		ImageBuilderException ex = catchThrowableOfType(ImageBuilderException.class,
				() -> this.imageBuilder.findImage(image(), Instant.EPOCH, Set.of(), () -> calls.getAndDecrement() > 0));
		assertThat(ex.remedy()).isEqualTo(Remedy.RETRY);
		assertThat(this.simulator.count(Operation.LIST_IMAGE_BUILD_VERSIONS)).isOne();
	}

}
