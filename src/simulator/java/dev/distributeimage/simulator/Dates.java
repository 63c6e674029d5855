package dev.distributeimage.simulator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Formats times the way Image Builder does, with milliseconds. */
final class Dates {

	private static final DateTimeFormatter ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'")
		.withZone(ZoneOffset.UTC);

	/** Format used in AMI names, which may not contain a colon. */
	private static final DateTimeFormatter BUILD_DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss.SSS'Z'")
		.withZone(ZoneOffset.UTC);

	private Dates() {
	}

	static String text(Instant instant) {
		return ISO.format(instant);
	}

	static String buildDate(Instant instant) {
		return BUILD_DATE.format(instant);
	}

}
