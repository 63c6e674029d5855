package dev.distributeimage.page;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

import org.jspecify.annotations.Nullable;

/**
 * A time as the page shows it.
 *
 * @param iso for programs
 * @param absolute for people
 * @param relative the distance from the moment of the page
 * @param due whether something is to happen then
 */
record Moment(String iso, String absolute, String relative, boolean due) {

	private static final DateTimeFormatter ABSOLUTE = DateTimeFormatter
		.ofPattern("d MMM yyyy, HH:mm:ss 'UTC'", Locale.ENGLISH)
		.withZone(ZoneOffset.UTC);

	private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM yyyy", Locale.ENGLISH)
		.withZone(ZoneOffset.UTC);

	private static final Duration JUST_NOW = Duration.ofSeconds(5);

	private static final Duration LONG_AGO = Duration.ofDays(30);

	static Moment of(Instant at, Instant now) {
		return of(at, now, false);
	}

	/** The time at which something is to happen. */
	static Moment due(Instant at, Instant now) {
		return of(at, now, true);
	}

	private static Moment of(Instant at, Instant now, boolean due) {
		return new Moment(at.toString(), ABSOLUTE.format(at), relative(at, now, due), due);
	}

	/** The time, or null if there is none. */
	static @Nullable Moment ofNullable(@Nullable Instant at, Instant now) {
		return (at != null) ? of(at, now) : null;
	}

	// The script of the page has the same rules.
	private static String relative(Instant at, Instant now, boolean due) {
		Duration distance = Duration.between(at, now);
		if (distance.abs().compareTo(LONG_AGO) > 0) {
			return DAY.format(at);
		}
		if (distance.abs().compareTo(JUST_NOW) < 0) {
			return due ? "now" : "just now";
		}
		String span = Spans.rough(distance.abs());
		return distance.isNegative() ? "in " + span : due ? "due since " + span : span + " ago";
	}

}
