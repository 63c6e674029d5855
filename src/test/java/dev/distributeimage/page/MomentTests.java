package dev.distributeimage.page;

import java.time.Duration;
import java.time.Instant;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class MomentTests {

	private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

	@ParameterizedTest
	@CsvSource({ "PT4S, just now", "PT-4S, just now", "PT59S, 59 s ago", "PT119S, 1 min ago", "PT-90S, in 1 min",
			"PT119M, 119 min ago", "PT2H, 2 h ago", "PT47H, 47 h ago", "PT48H, 2 days ago", "PT-48H, in 2 days",
			"PT744H, 31 Dec 2025" })
	void timeIsRelativeToTheMomentOfThePage(Duration before, String relative) {
		Moment moment = Moment.of(NOW.minus(before), NOW);
		assertThat(moment.relative()).isEqualTo(relative);
		assertThat(Instant.parse(moment.iso())).isEqualTo(NOW.minus(before));
		assertThat(moment.absolute()).endsWith(" UTC");
	}

	@ParameterizedTest
	@CsvSource({ "PT4S, now", "PT-4S, now", "PT40S, due since 40 s", "PT-12S, in 12 s" })
	void timeThatIsDueSaysSinceWhen(Duration before, String relative) {
		assertThat(Moment.due(NOW.minus(before), NOW).relative()).isEqualTo(relative);
	}

	@ParameterizedTest
	@CsvSource({ "PT0.4S, under 1 s", "PT59S, 59 s", "PT725S, 12 min 5 s", "PT134M, 2 h 14 min", "PT100H, 4 d 4 h" })
	void durationHasItsTwoLargestUnits(Duration duration, String words) {
		assertThat(Spans.exact(duration)).isEqualTo(words);
	}

}
