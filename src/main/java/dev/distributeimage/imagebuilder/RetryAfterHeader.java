package dev.distributeimage.imagebuilder;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpResponse;

/**
 * Parses the header {@code Retry-After}, a number of seconds or a date. Any other value
 * is ignored.
 */
record RetryAfterHeader(Clock clock) {

	@Nullable Duration of(@Nullable SdkHttpResponse response) {
		if (response == null) {
			return null;
		}
		return response.firstMatchingHeader("Retry-After").map((value) -> parse(value.strip(), response)).orElse(null);
	}

	private @Nullable Duration parse(String value, SdkHttpResponse response) {
		try {
			return Duration.ofSeconds(Long.parseLong(value));
		}
		catch (NumberFormatException ex) {
			return untilDate(value, response);
		}
	}

	// The response's own Date header makes the result independent of our clock.
	private @Nullable Duration untilDate(String value, SdkHttpResponse response) {
		try {
			Instant now = response.firstMatchingHeader("Date")
				.map(RetryAfterHeader::parseDate)
				.orElseGet(this.clock::instant);
			return Duration.between(now, parseDate(value));
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

	private static Instant parseDate(String value) {
		return ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
	}

}
