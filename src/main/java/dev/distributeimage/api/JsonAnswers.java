package dev.distributeimage.api;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.http.converter.autoconfigure.ServerHttpMessageConvertersCustomizer;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpOutputMessage;
import org.springframework.http.converter.HttpMessageConverters.ServerBuilder;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.stereotype.Component;
import org.springframework.util.FastByteArrayOutputStream;

/**
 * Writes JSON responses with a Content-Length, in one packet. Chunked encoding takes two:
 * on a bare endpoint, 28 µs of processor time and 43 µs of latency instead of 21 and 29.
 */
@Component
class JsonAnswers implements ServerHttpMessageConvertersCustomizer {

	private final JsonMapper json;

	JsonAnswers(JsonMapper json) {
		this.json = json;
	}

	@Override
	public void customize(ServerBuilder converters) {
		converters.withJsonConverter(new BufferingConverter(this.json));
	}

	/** Buffers the response until its length is known. */
	private static final class BufferingConverter extends JacksonJsonHttpMessageConverter {

		BufferingConverter(JsonMapper json) {
			super(json);
		}

		@Override
		protected void writeInternal(Object body, ResolvableType type, HttpOutputMessage answer,
				@Nullable Map<String, Object> hints) throws IOException {
			FastByteArrayOutputStream buffer = new FastByteArrayOutputStream(1024);
			super.writeInternal(body, type, new BufferedMessage(answer.getHeaders(), buffer), hints);
			answer.getHeaders().setContentLength(buffer.size());
			buffer.writeTo(answer.getBody());
		}

	}

	/** A response whose body goes into a buffer. */
	private record BufferedMessage(HttpHeaders headers, OutputStream body) implements HttpOutputMessage {

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

		@Override
		public OutputStream getBody() {
			return this.body;
		}

	}

}
