package dev.distributeimage.imagebuilder;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * The member {@code image.state.failureContext} of a response to GetImage, which the SDK
 * does not know. The response's bytes are copied here while the SDK reads them. They are
 * parsed a second time only if they have a member of this name.
 */
final class FailureContext extends ByteArrayOutputStream {

	/** The copy that a response goes to. */
	static final ExecutionAttribute<FailureContext> ATTRIBUTE = new ExecutionAttribute<>("FailureContext");

	private static final byte[] NAME = "\"failureContext\"".getBytes(StandardCharsets.UTF_8);

	private static final ObjectReader READER = JsonMapper.shared()
		.readerFor(JsonNode.class)
		.at("/image/state/failureContext");

	private static final Logger logger = LoggerFactory.getLogger(FailureContext.class);

	/** Makes room for a response of this length before its first byte is copied. */
	synchronized void expect(int length) {
		if (this.count == 0 && this.buf.length < length) {
			this.buf = new byte[length];
		}
	}

	/** Returns AWS's object as it came, or null if the response has none. */
	synchronized @Nullable JsonNode read() {
		if (!hasName()) {
			return null;
		}
		try {
			JsonNode context = READER.readTree(this.buf, 0, this.count);
			return context.isObject() ? context : null;
		}
		catch (JacksonException ex) {
			// The SDK has read all else, which matters more.
			logger.warn("The failure context of an image cannot be read: {}", ex.getOriginalMessage());
			return null;
		}
	}

	private boolean hasName() {
		for (int i = 0; i <= this.count - NAME.length; i++) {
			if (this.buf[i] == NAME[0] && Arrays.equals(this.buf, i, i + NAME.length, NAME, 0, NAME.length)) {
				return true;
			}
		}
		return false;
	}

}
