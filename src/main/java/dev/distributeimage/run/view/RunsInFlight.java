package dev.distributeimage.run.view;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

import dev.distributeimage.run.StepId;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts the runs in flight, whichever replica works on them. */
@Component
public class RunsInFlight {

	// Reads every run in flight, by the index of due times.
	private static final String COUNT = """
			select step, image_status, count(*) as runs,
			  cast(extract(epoch from min(deadline) - engine_now()) * 1000000 as bigint) as time_left
			from run where next_attempt_at is not null
			group by step, image_status""";

	private final JdbcClient jdbc;

	RunsInFlight(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/**
	 * Runs at a step, with an image status.
	 *
	 * @param imageStatus AWS's status, or null if no poll has shown any
	 * @param timeLeft the time to the nearest deadline, which may have passed
	 */
	public record Group(StepId step, @Nullable String imageStatus, long runs, Duration timeLeft) {
	}

	/** Counts the runs at each step and image status that any has. */
	public List<Group> groups() {
		return this.jdbc.sql(COUNT)
			.query((row, number) -> new Group(StepId.of(row.getString("step")), row.getString("image_status"),
					row.getLong("runs"), Duration.of(row.getLong("time_left"), ChronoUnit.MICROS)))
			.list();
	}

}
