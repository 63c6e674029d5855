package dev.distributeimage.run.postgres;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Reports whether runs can be stored: a database that is full or read-only still accepts
 * connections. After the start of a run was refused, every health check probes whether
 * writes succeed again.
 */
@Component
class StorageHealthIndicator implements HealthIndicator {

	// Allocates new pages and leaves nothing behind.
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
