package dev.distributeimage.imagebuilder;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.InterceptorContext;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.SdkHttpFullResponse;
import software.amazon.awssdk.services.imagebuilder.model.GetImageRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/** Tests responses without a Content-Length header. */
class ResponseSizeLimitTests {

	private final AtomicBoolean aborted = new AtomicBoolean();

	@Test
	void longestResponseIsRead() throws IOException {
		assertThat(limited(ResponseSizeLimit.MAX_BYTES).readAllBytes()).hasSize(ResponseSizeLimit.MAX_BYTES);
		assertThat(this.aborted).isFalse();
	}

	@Test
	void oneByteMoreIsAborted() {
		assertThatIOException().isThrownBy(() -> limited(ResponseSizeLimit.MAX_BYTES + 1).readAllBytes())
			.withMessage("The response is longer than 4 MiB");
		assertThat(this.aborted).isTrue();
	}

	private InputStream limited(int length) {
		InterceptorContext context = InterceptorContext.builder()
			.request(GetImageRequest.builder().build())
			.httpResponse(SdkHttpFullResponse.builder().statusCode(200).build())
			.responseBody(AbortableInputStream.create(new ByteArrayInputStream(new byte[length]),
					() -> this.aborted.set(true)))
			.build();
		return new ResponseSizeLimit().modifyHttpResponseContent(context, new ExecutionAttributes()).orElseThrow();
	}

}
