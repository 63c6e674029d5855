package dev.distributeimage.api.watch;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class WaitPreferenceTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			wait=10                             | 10
			 Wait = "7" ; x=y, wait=3           | 7
			respond-async, wait=5               | 5
			note="a, wait=1; \\"", wait=2;foo     | 2
			wait=0                              | 1
			wait=61                             | 60
			wait=99999999999999999999999        | 60""")
	void secondsAreFromOneToSixty(String header, int seconds) {
		assertThat(WaitPreference.of(List.of(header))).contains(Duration.ofSeconds(seconds));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "wait", "wait=", "wait=-1", "wait=1.5", "wait=\"1", "wait=1s", "waiting=1", "a=wait",
			"respond-async", "wait=x, wait=5", "note=\"wait=1\"", ";wait=1" })
	void whatIsMalformedIsNotThere(String header) {
		assertThat(WaitPreference.of(List.of(header))).isEmpty();
	}

	@Test
	void firstOfSeveralHeadersCounts() {
		assertThat(WaitPreference.of(List.of("handling=strict", "wait=3", "wait=4"))).contains(Duration.ofSeconds(3));
	}

	@Test
	void longHeaderIsRead() {
		assertThat(WaitPreference.of(List.of(" ;".repeat(4000) + ",wait=3"))).contains(Duration.ofSeconds(3));
	}

}
