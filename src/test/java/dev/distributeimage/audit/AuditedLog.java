package dev.distributeimage.audit;

import java.util.List;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The lines of the log {@code audit} while it is open. */
final class AuditedLog implements AutoCloseable {

	private final Logger logger = (Logger) LoggerFactory.getLogger("audit");

	private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

	AuditedLog() {
		this.lines.start();
		this.logger.addAppender(this.lines);
	}

	List<JsonNode> events() {
		return List.copyOf(this.lines.list)
			.stream()
			.map((line) -> JsonMapper.shared().readTree(line.getFormattedMessage()))
			.toList();
	}

	void clear() {
		this.lines.list.clear();
	}

	@Override
	public void close() {
		this.logger.detachAppender(this.lines);
		this.lines.stop();
	}

}
