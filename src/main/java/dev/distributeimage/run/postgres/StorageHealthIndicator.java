package dev.distributeimage.run.postgres;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Whether there is room for another run: a database whose disk is full, or that may only
 * be read, still takes connections. Once it has refused a run, it is asked at every look
 * whether it takes writes again.
 */
@Component
class StorageHealthIndicator implements HealthIndicator {

	// Takes new pages, and leaves nothing behind.
	private static final String PROBE = """
			create temporary table storage_probe on commit drop
			as select repeat('x', 1000) from generate_series(1, 100)""";

	private final JdbcClient jdbc;

	private volatile boolean refused;

	StorageHealthIndicator(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@EventListener
	void on(WriteRefused write) {
		if (DatabaseFailures.isOutOfResourcesOrReadOnly(write.cause())) {
			this.refused = true;
		}
	}

	@Override
	public Health health() {
		if (!this.refused) {
			return Health.up().build();
		}
		try {
			this.jdbc.sql(PROBE).update();
			this.refused = false;
			return Health.up().build();
		}
		catch (DataAccessException ex) {
			return Health.down(ex).build();
		}
	}

}
