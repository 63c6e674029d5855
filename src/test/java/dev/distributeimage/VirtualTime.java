package dev.distributeimage;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Virtual time: it passes only when a test says so, for the database's {@code
 * engine_now()} and for a simulator.
 */
public final class VirtualTime implements InstantSource {

	public static final Instant START = Instant.parse("2026-09-03T05:44:21.121Z");

	private final JdbcClient jdbc;

	private Instant now = START;

	/** Takes over the database's clock. */
	public VirtualTime(JdbcClient jdbc) {
		this.jdbc = jdbc;
		jdbc.sql("create table if not exists virtual_time (now timestamptz not null)").update();
		jdbc.sql("delete from virtual_time").update();
		jdbc.sql("insert into virtual_time values (:now)").param("now", timestamp(START)).update();
		jdbc.sql("""
				create or replace function engine_now() returns timestamptz language sql stable
				return (select now from virtual_time)""").update();
	}

	@Override
	public synchronized Instant instant() {
		return this.now;
	}

	public void pass(Duration duration) {
		passTo(instant().plus(duration));
	}

	/** Time never goes back. */
	public synchronized void passTo(Instant moment) {
		if (moment.isAfter(this.now)) {
			this.now = moment;
			this.jdbc.sql("update virtual_time set now = :now").param("now", timestamp(moment)).update();
		}
	}

	/** The connections that set the time. */
	public JdbcClient jdbc() {
		return this.jdbc;
	}

	public Duration passed() {
		return Duration.between(START, instant());
	}

	private static OffsetDateTime timestamp(Instant moment) {
		return moment.atOffset(ZoneOffset.UTC);
	}

}
