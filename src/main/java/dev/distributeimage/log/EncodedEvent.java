package dev.distributeimage.log;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.jspecify.annotations.Nullable;
import org.slf4j.MarkerFactory;
import org.slf4j.event.KeyValuePair;

/**
 * A logging event all of whose texts are encoded, whichever of them a pattern uses. Line
 * breaks and tabs between the frames of a stack trace are the pattern's own, and stay.
 */
final class EncodedEvent extends LoggingEvent {

	/** Spring Boot's reports at the start, which are texts of many lines. */
	private static final Set<String> REPORTS = Set.of(
			"org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter",
			"org.springframework.boot.autoconfigure.logging.ConditionEvaluationReportLogger");

	private final ILoggingEvent event;

	EncodedEvent(ILoggingEvent event) {
		this.event = event;
		setLoggerContextRemoteView(event.getLoggerContextVO());
		setInstant(event.getInstant());
		setSequenceNumber(event.getSequenceNumber());
		setLevel(event.getLevel());
		setLoggerName(LogText.encode(event.getLoggerName()));
		setThreadName(LogText.encode(event.getThreadName()));
		setMessage(message(event));
		setMDCPropertyMap(encoded(event.getMDCPropertyMap()));
		if (event.getMarkerList() != null) {
			event.getMarkerList()
				.forEach((marker) -> addMarker(MarkerFactory.getDetachedMarker(LogText.encode(marker.toString()))));
		}
		if (event.getKeyValuePairs() != null) {
			setKeyValuePairs(encoded(event.getKeyValuePairs()));
		}
	}

	// The lines of a report are indented, so that none begins as a line of the log does.
	private static String message(ILoggingEvent event) {
		String message = String.valueOf(event.getFormattedMessage());
		if (REPORTS.contains(event.getLoggerName())) {
			return message.lines().map(LogText::encode).collect(Collectors.joining("\n    "));
		}
		return LogText.encode(message);
	}

	private static Map<String, String> encoded(Map<String, String> context) {
		return context.entrySet()
			.stream()
			.collect(Collectors.toMap((entry) -> LogText.encode(entry.getKey()),
					(entry) -> LogText.encode(String.valueOf(entry.getValue())), (first, second) -> second));
	}

	private static List<KeyValuePair> encoded(List<KeyValuePair> pairs) {
		return pairs.stream()
			.map((pair) -> new KeyValuePair(LogText.encode(pair.key), LogText.encode(String.valueOf(pair.value))))
			.toList();
	}

	@Override
	public @Nullable IThrowableProxy getThrowableProxy() {
		IThrowableProxy thrown = this.event.getThrowableProxy();
		return (thrown != null) ? new EncodedThrowable(thrown) : null;
	}

	// Found only when it is asked for: it costs a stack trace.
	@Override
	public StackTraceElement[] getCallerData() {
		return this.event.getCallerData();
	}

	@Override
	public boolean hasCallerData() {
		return this.event.hasCallerData();
	}

}
