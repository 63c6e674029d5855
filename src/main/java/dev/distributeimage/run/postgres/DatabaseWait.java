package dev.distributeimage.run.postgres;

import java.sql.SQLException;
import java.time.Duration;

import javax.sql.DataSource;

import org.flywaydb.core.Flyway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.stereotype.Component;

/**
 * Waits at the start for a database that cannot be reached. In a compose file or a
 * cluster, it may start at the same time. A wrong password is not waited out.
 */
@Component
class DatabaseWait implements FlywayMigrationStrategy {

	private static final Logger logger = LoggerFactory.getLogger(DatabaseWait.class);

	private static final Duration PAUSE = Duration.ofMillis(500);

	private final Duration longest;

	DatabaseWait(DatabaseSettings settings) {
		this.longest = settings.waitAtStart();
	}

	@Override
	public void migrate(Flyway flyway) {
		await(flyway.getConfiguration().getDataSource());
		flyway.migrate();
	}

	private void await(DataSource database) {
		long end = System.nanoTime() + this.longest.toNanos();
		boolean told = false;
		while (!answers(database, System.nanoTime() >= end)) {
			if (!told) {
				logger.warn("PostgreSQL cannot be reached yet. The start waits for it, {} s at most",
						this.longest.toSeconds());
				told = true;
			}
			pause();
		}
	}

	private static boolean answers(DataSource database, boolean last) {
		try {
			DataSourceUtils.releaseConnection(DataSourceUtils.doGetConnection(database), database);
			return true;
		}
		catch (SQLException ex) {
			if (last || !DatabaseFailures.isNotReady(ex)) {
				throw new CannotGetJdbcConnectionException("The start needs PostgreSQL", ex);
			}
			return false;
		}
	}

	private static void pause() {
		try {
			Thread.sleep(PAUSE.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("The start was interrupted", ex);
		}
	}

}
