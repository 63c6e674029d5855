package dev.distributeimage.log;

import java.nio.charset.StandardCharsets;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;

import org.springframework.boot.logging.logback.StructuredLogEncoder;

/**
 * Writes the log as another encoder does, without the control characters that its texts
 * may contain. Structured logs are JSON, which is encoded after it was written: JSON
 * itself leaves format characters and separators as they are, and reads
 * <code>&#92;u2028</code> as the character that it stands for.
 */
final class ControlFreeEncoder extends EncoderBase<ILoggingEvent> {

	/** Its messages are lines of JSON, and stand in the log as such in every format. */
	private static final String AUDIT = "audit";

	private final Encoder<ILoggingEvent> encoder;

	private final boolean structured;

	ControlFreeEncoder(Encoder<ILoggingEvent> encoder) {
		this.encoder = encoder;
		this.structured = encoder instanceof StructuredLogEncoder;
		if (encoder instanceof StructuredLogEncoder json) {
			json.setCharset(StandardCharsets.UTF_8);
		}
		setContext(encoder.getContext());
		this.started = true;
	}

	@Override
	public byte[] encode(ILoggingEvent event) {
		if (AUDIT.equals(event.getLoggerName())) {
			return encodedLine(event.getFormattedMessage());
		}
		return this.structured
				? encodedLine(new String(this.encoder.encode(event), StandardCharsets.UTF_8).stripTrailing())
				: this.encoder.encode(new EncodedEvent(event));
	}

	private static byte[] encodedLine(String json) {
		return (LogText.encode(json) + "\n").getBytes(StandardCharsets.UTF_8);
	}

	@Override
	public byte[] headerBytes() {
		return this.encoder.headerBytes();
	}

	@Override
	public byte[] footerBytes() {
		return this.encoder.footerBytes();
	}

	@Override
	public void stop() {
		this.encoder.stop();
		super.stop();
	}

}
