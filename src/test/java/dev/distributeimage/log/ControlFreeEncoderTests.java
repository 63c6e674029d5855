package dev.distributeimage.log;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.OutputStreamAppender;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MarkerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests every text of an event, in a pattern that shows them all. */
class ControlFreeEncoderTests {

	private static final String HOSTILE = "a\r\n\tb\u001b\u0085\u2028\u202e\u200b\ud800\udb40\udc01c";

	private static final String ENCODED = "a\\u000d\\u000a\\u0009b\\u001b\\u0085\\u2028\\u202e\\u200b\\ud800\\udb40\\udc01c";

	private final LoggerContext context = new LoggerContext();

	private final ByteArrayOutputStream log = new ByteArrayOutputStream();

	@BeforeEach
	void start() {
		this.context.setMDCAdapter(new LogbackMDCAdapter());
		PatternLayoutEncoder pattern = new PatternLayoutEncoder();
		pattern.setContext(this.context);
		pattern.setPattern("%5p [%t] %logger %marker {%X} {%kvp} %M : %m%n%ex");
		pattern.setCharset(StandardCharsets.UTF_8);
		pattern.start();
		OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
		appender.setContext(this.context);
		appender.setEncoder(new ControlFreeEncoder(pattern));
		appender.setOutputStream(this.log);
		appender.start();
		this.context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
	}

	@Test
	void everyTextIsEncoded() throws InterruptedException {
		Thread thread = new Thread(() -> {
			this.context.getMDCAdapter().put("key" + HOSTILE, HOSTILE);
			this.context.getLogger("logger" + HOSTILE)
				.atWarn()
				.addMarker(MarkerFactory.getDetachedMarker("marker" + HOSTILE))
				.addKeyValue("pair" + HOSTILE, HOSTILE)
				.log("message {}", HOSTILE);
		}, "thread" + HOSTILE);
		thread.start();
		thread.join();
		assertThat(this.log.toString(StandardCharsets.UTF_8))
			.matches(" WARN .*lambda\\$everyTextIsEncoded\\$\\d+ : .*" + System.lineSeparator())
			.contains("[thread" + ENCODED + "]", "logger" + ENCODED, "marker" + ENCODED,
					"key" + ENCODED + "=" + ENCODED, "pair" + ENCODED + "=\"" + ENCODED + "\"", "message " + ENCODED);
	}

	@Test
	void stackTraceKeepsItsLinesButNotThoseOfItsMessages() {
		IllegalStateException thrown = new IllegalStateException(HOSTILE, new IllegalArgumentException(HOSTILE));
		thrown.addSuppressed(new IllegalStateException(HOSTILE));
		this.context.getLogger("logger").error("failed", thrown);
		String written = this.log.toString(StandardCharsets.UTF_8);
		assertThat(written.lines()).contains("java.lang.IllegalStateException: " + ENCODED,
				"\tSuppressed: java.lang.IllegalStateException: " + ENCODED,
				"Caused by: java.lang.IllegalArgumentException: " + ENCODED);
		assertThat(written.lines()).anyMatch((line) -> line.startsWith("\tat " + getClass().getName()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "plain", "ÄÖ é \ud83d\ude80 | \\u000a", "a b" })
	void visibleTextsStayAsTheyAre(String text) {
		assertThat(LogText.encode(text)).isEqualTo(text);
	}

	@Test
	void linesOfReportsAreIndented() {
		this.context.getLogger("org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter")
			.error("\n\nDescription:\n\n2026-01-01 \u001b forged");
		assertThat(this.log.toString(StandardCharsets.UTF_8).lines().skip(1))
			.allMatch((line) -> line.startsWith("    "))
			.anyMatch((line) -> line.equals("    2026-01-01 \\u001b forged"));
	}

}
