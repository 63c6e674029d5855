package dev.distributeimage.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that stands still until a test moves it. */
public final class HandCrankedClock implements InstantSource {

	private Instant now;

	public HandCrankedClock(Instant start) {
		this.now = start;
	}

	/** Starts at an arbitrary moment. */
	public HandCrankedClock() {
		this(Instant.parse("2026-09-03T05:44:21.121Z"));
	}

	@Override
	public synchronized Instant instant() {
		return this.now;
	}

	public synchronized void advance(Duration duration) {
		this.now = this.now.plus(duration);
	}

	public synchronized void set(Instant moment) {
		this.now = moment;
	}

}
