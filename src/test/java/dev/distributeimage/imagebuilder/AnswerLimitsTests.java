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

class AnswerLimitsTests {

	private static final int LONGEST = 3 * LargeAnswers.LARGE;

	private final LargeAnswers large = new LargeAnswers(Duration.ofMillis(100));

	private final AtomicBoolean aborted = new AtomicBoolean();

	@Test
	void longestAnswerIsRead() throws IOException {
		assertThat(answer(LONGEST, 0).readAllBytes()).hasSize(LONGEST);
		assertThat(this.aborted).isFalse();
	}

	@Test
	void oneByteMoreIsAborted() {
		assertThatIOException().isThrownBy(() -> answer(LONGEST + 1, 0).readAllBytes())
			.withMessage("The response is longer than distribute-image.aws.max-answer (3,145,728 bytes)");
		assertThat(this.aborted).isTrue();
	}

	@Test
	void announcedLengthIsEnoughToAbort() {
		assertThatIOException().isThrownBy(() -> answer(10, LONGEST + 1).read()).withMessageContaining("max-answer");
		assertThat(this.aborted).isTrue();
	}

	@Test
	void smallAnswerNeedsNoTurn() throws IOException {
		this.large.take();
		assertThat(inAnotherThread(answer(LargeAnswers.LARGE, LargeAnswers.LARGE))).isNull();
	}

	@Test
	void largeAnswerWaitsForItsTurn() throws IOException {
		this.large.take();
		assertThat(inAnotherThread(answer(LargeAnswers.LARGE + 1, 0))).isInstanceOf(UnreadAnswerException.class)
			.hasMessageContaining("longer than 1 MB");
		assertThat(inAnotherThread(answer(10, LargeAnswers.LARGE + 1))).isInstanceOf(UnreadAnswerException.class);
		assertThat(this.aborted).isTrue();
		this.large.next();
		assertThat(inAnotherThread(answer(LargeAnswers.LARGE + 1, 0))).isNull();
	}

	@Test
	void answerOfAnotherServiceIsNeverLarge() throws IOException {
		this.large.take();
		AnswerLimits limits = new AnswerLimits(LONGEST, this.large).withoutLarge();
		assertThat(inAnotherThread(answer(limits, LargeAnswers.LARGE + 1, 0)))
			.isInstanceOf(AnswerTooLongException.class);
	}

	private static @Nullable Throwable inAnotherThread(InputStream answer) {
		Throwable thrown = catchThrowable(() -> CompletableFuture.runAsync(() -> {
			try {
				answer.readAllBytes();
			}
			catch (IOException ex) {
				throw new CompletionException(ex);
			}
		}).join());
		return (thrown instanceof CompletionException) ? thrown.getCause() : thrown;
	}

	private InputStream answer(int length, int announced) {
		return answer(new AnswerLimits(LONGEST, this.large), length, announced);
	}

	private InputStream answer(AnswerLimits limits, int length, int announced) {
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
