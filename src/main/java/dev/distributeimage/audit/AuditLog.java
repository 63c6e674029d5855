package dev.distributeimage.audit;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.stereotype.Component;

/**
 * Writes records to the log {@code audit}, each as one line of JSON, which the log's
 * encoder leaves as it is in every format. Strangers fill at most ten lines a second;
 * another line tells how many more there were.
 */
@Component
class AuditLog {

	/** Named so in the log's encoder, too. */
	private static final Logger logger = LoggerFactory.getLogger("audit");

	private static final int LINES_OF_STRANGERS = 10;

	private final JsonMapper json;

	private final Clock clock;

	private long second;

	private int lines;

	private long more;

	AuditLog(JsonMapper json, Clock clock) {
		this.json = json;
		this.clock = clock;
	}

	void write(AuditEvent event) {
		if (!event.isOfAStranger() || isWithinLimit()) {
			line(event.members());
		}
	}

	private synchronized boolean isWithinLimit() {
		endSecond();
		if (this.lines == LINES_OF_STRANGERS) {
			this.more++;
			return false;
		}
		this.lines++;
		return true;
	}

	/** Tells how many lines were left out, once their second is over. */
	synchronized void endSecond() {
		long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
		if (now == this.second) {
			return;
		}
		this.second = now;
		this.lines = 0;
		if (this.more > 0) {
			line(Map.of("outcome", "refused", "more", this.more));
			this.more = 0;
		}
	}

	private void line(Map<String, Object> members) {
		Map<String, Object> all = new LinkedHashMap<>();
		all.put("at", this.clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
		all.putAll(members);
		logger.info("{}", this.json.writeValueAsString(all));
	}

}
