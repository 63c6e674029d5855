package dev.distributeimage.imagebuilder;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.http.SdkHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;

class RetryAfterHeaderTests {

	private static final Clock NOON = Clock.fixed(Instant.parse("2026-01-05T12:00:00Z"), ZoneOffset.UTC);

	private static final String TEN_PAST = "Mon, 5 Jan 2026 12:10:00 GMT";

	@Test
	void numberIsInSeconds() {
		assertThat(of(answer().putHeader("Retry-After", " 7 "))).isEqualTo(Duration.ofSeconds(7));
	}

	@Test
	void dateIsComparedWithOurClock() {
		assertThat(of(answer().putHeader("Retry-After", TEN_PAST))).isEqualTo(Duration.ofMinutes(10));
	}

	@Test
	void dateIsComparedWithTheDateHeader() {
		assertThat(of(answer().putHeader("Date", "Mon, 5 Jan 2026 12:08:00 GMT").putHeader("Retry-After", TEN_PAST)))
			.isEqualTo(Duration.ofMinutes(2));
	}

	@ParameterizedTest
	@ValueSource(strings = { "soon", "", "99999999999999999999", "-" })
	void anythingElseIsIgnored(String value) {
		assertThat(of(answer().putHeader("Retry-After", value))).isNull();
	}

	@Test
	void missingHeaderAsksForNoPause() {
		assertThat(of(answer())).isNull();
	}

	private static SdkHttpResponse.Builder answer() {
		return SdkHttpResponse.builder().statusCode(429);
	}

	private static @Nullable Duration of(SdkHttpResponse.Builder answer) {
		return new RetryAfterHeader(NOON).of(answer.build());
	}

}
