package dev.distributeimage.run.view;

import java.time.Duration;
import java.util.Map;

import dev.distributeimage.run.LeftoverKind;
import dev.distributeimage.run.postgres.DatabaseFailures;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Reports how many leftovers there are. They are counted when somebody asks, once a
 * minute at most: the gauges of all kinds share a count.
 */
@Component
class LeftoverCounts {

	private static final Duration KEPT_FOR = Duration.ofMinutes(1);

	private final Leftovers leftovers;

	private Map<LeftoverKind, Integer> counts = Map.of();

	private long countedAt = System.nanoTime() - KEPT_FOR.toNanos();

	LeftoverCounts(Leftovers leftovers, MeterRegistry metrics) {
		this.leftovers = leftovers;
		for (LeftoverKind kind : LeftoverKind.values()) {
			Gauge.builder("distribute.image.leftovers", this, (counted) -> counted.of(kind))
				.description("What ended runs have left in AWS, counted up to %d; every replica reports the same"
					.formatted(Leftovers.MOST_COUNTED))
				.tag("kind", kind.toString())
				.register(metrics);
		}
	}

	/** The number of leftovers of a kind; not a number while the database is away. */
	private synchronized double of(LeftoverKind kind) {
		if (System.nanoTime() - this.countedAt >= KEPT_FOR.toNanos()) {
			this.countedAt = System.nanoTime();
			this.counts = counted();
		}
		Integer count = this.counts.get(kind);
		return (count != null) ? count : Double.NaN;
	}

	private Map<LeftoverKind, Integer> counted() {
		try {
			return this.leftovers.count();
		}
		catch (DataAccessException ex) {
			if (DatabaseFailures.isTransient(ex)) {
				return Map.of();
			}
			throw ex;
		}
	}

}
