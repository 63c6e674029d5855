package dev.distributeimage.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.distributeimage.ServiceProcess;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.chaos.Fleet.Surroundings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests replicas whose clocks disagree with each other and with AWS. */
@Tag("chaos")
@Tag("chaos-full")
class ClocksIT {

	private static final String LIBRARY = "libfaketimeMT.so.1";

	@Test
	void hoursAheadAndBehind() throws Exception {
		Chaos.need(7, Chaos.answers("faketime", "-f", "+2h", "true"), "faketime");
		int count = Chaos.times(30, 300);
		JdbcConnectionDetails database = new TestPostgres().newDatabase();
		try (Fleet pair = new Fleet(database,
				List.of(new Surroundings(database, clock("+2h")), new Surroundings(database, clock("-90m"))),
				"--distribute-image.retry.max-delay=5s")) {
			assertThat(pair.ready()).extracting(ClocksIT::minutesAhead).containsExactly(120L, -90L);
			StartedRuns runs = new StartedRuns(pair, "clocks");
			runs.start(count);
			Duration took = runs.awaitEnds(Duration.ofMinutes(2));
			runs.haveOneImageEach();
			assertThat(pair.simulator().get("requests").get("requests").valueStream())
				.filteredOn((request) -> request.path("code").asString("").equals("InvalidSignatureException"))
				.isNotEmpty();
			Chaos.held(7, "clocks 2 h ahead on one replica and 90 min behind on the other",
					"%d runs, 0 second builds, all ended after %d s".formatted(runs.size(), took.toSeconds()));
		}
	}

	// The JVM measures waits by the monotonic clock, which a wrong time does not affect.
	// The library's correction of it would make the waits endless.
	private static Map<String, String> clock(String offset) throws Exception {
		try (Stream<Path> files = Files.find(Path.of("/usr/lib"), 4, (file, is) -> file.endsWith(LIBRARY))) {
			return Map.of("LD_PRELOAD", files.findFirst().orElseThrow().toString(), "FAKETIME", offset,
					"FAKETIME_DONT_FAKE_MONOTONIC", "1", "FAKETIME_FORCE_MONOTONIC_FIX", "0");
		}
	}

	// Measured by the Date header of the answer.
	private static long minutesAhead(ServiceProcess replica) {
		String date = replica.answer("/livez").headers().firstValue("Date").orElseThrow();
		Instant there = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
		return Math.round(Duration.between(Instant.now(), there).toSeconds() / 60.0);
	}

}
