package dev.distributeimage.imagebuilder;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.services.imagebuilder.model.GetImageRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.catchThrowable;

class ResponseLimitsTests {

	private static final int LONGEST = 3 * LargeResponses.LARGE;

	private final LargeResponses large = new LargeResponses(Duration.ofMillis(100));

	private final AtomicBoolean aborted = new AtomicBoolean();

	@Test
	void longestResponseIsRead() throws IOException {
		assertThat(response(LONGEST, 0).readAllBytes()).hasSize(LONGEST);
		assertThat(this.aborted).isFalse();
	}

	@Test
	void oneByteMoreIsAborted() {
		assertThatIOException().isThrownBy(() -> response(LONGEST + 1, 0).readAllBytes())
			.withMessage("The response is longer than distribute-image.aws.max-response (3,145,728 bytes)");
		assertThat(this.aborted).isTrue();
	}

	@Test
	void announcedLengthIsEnoughToAbort() {
		assertThatIOException().isThrownBy(() -> response(10, LONGEST + 1).read())
			.withMessageContaining("max-response");
		assertThat(this.aborted).isTrue();
	}

	@Test
	void smallResponseNeedsNoTurn() throws IOException {
		this.large.take();
		assertThat(inAnotherThread(response(LargeResponses.LARGE, LargeResponses.LARGE))).isNull();
	}

	@Test
	void largeResponseWaitsForItsTurn() throws IOException {
		this.large.take();
		assertThat(inAnotherThread(response(LargeResponses.LARGE + 1, 0))).isInstanceOf(UnreadResponseException.class)
			.hasMessageContaining("longer than 1 MB");
		assertThat(inAnotherThread(response(10, LargeResponses.LARGE + 1))).isInstanceOf(UnreadResponseException.class);
		assertThat(this.aborted).isTrue();
		this.large.next();
		assertThat(inAnotherThread(response(LargeResponses.LARGE + 1, 0))).isNull();
	}

	@Test
	void answerOfAnotherServiceIsNeverLarge() throws IOException {
		this.large.take();
		ResponseLimits limits = new ResponseLimits(LONGEST, this.large).withoutLarge();
		assertThat(inAnotherThread(response(limits, LargeResponses.LARGE + 1, 0)))
			.isInstanceOf(ResponseTooLongException.class);
	}

	private static @Nullable Throwable inAnotherThread(InputStream response) {
		Throwable thrown = catchThrowable(() -> CompletableFuture.runAsync(() -> {
			try {
				response.readAllBytes();
			}
			catch (IOException ex) {
				throw new CompletionException(ex);
			}
		}).join());
		return (thrown instanceof CompletionException) ? thrown.getCause() : thrown;
	}

	private InputStream response(int length, int announced) {
		return response(new ResponseLimits(LONGEST, this.large), length, announced);
	}

	private InputStream response(ResponseLimits limits, int length, int announced) {
		SdkHttpFullResponse.Builder response = SdkHttpFullResponse.builder().statusCode(200);
		if (announced > 0) {
			response.putHeader("Content-Length", Integer.toString(announced));
		}
		InterceptorContext context = InterceptorContext.builder()
			.request(GetImageRequest.builder().build())
			.httpResponse(response.build())
			.responseBody(AbortableInputStream.create(new ByteArrayInputStream(new byte[length]),
					() -> this.aborted.set(true)))
			.build();
		return limits.modifyHttpResponseContent(context, new ExecutionAttributes()).orElseThrow();
	}

}
