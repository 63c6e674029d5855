package dev.distributeimage.workflow;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.awaitility.Awaitility;

import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/**
 * A backup of the whole database: the copy that PostgreSQL makes of its files. It is
 * restored beside the database, and then takes its place.
 */
final class Backup implements AutoCloseable {

	/** The SQLSTATE of a database that has connections. */
	private static final String IN_USE = "55006";

	private final HikariDataSource pool;

	private final String name;

	private final SingleConnectionDataSource connection;

	private final JdbcTemplate server;

	/**
	 * Backs up nothing yet.
	 * @param dataSource the connections to the database
	 */
	Backup(DataSource dataSource) {
		try {
			this.pool = dataSource.unwrap(HikariDataSource.class);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
		String url = Objects.requireNonNull(this.pool.getJdbcUrl());
		this.name = url.substring(url.lastIndexOf('/') + 1);
		this.connection = new SingleConnectionDataSource(urlOf("postgres"),
				Objects.requireNonNull(this.pool.getUsername()), Objects.requireNonNull(this.pool.getPassword()), true);
		this.server = new JdbcTemplate(this.connection);
	}

	/** Copies the database, in place of an earlier copy. */
	void make() {
		forget();
		aloneWith(this.name, () -> copy(this.name, this.name + "_backup"));
	}

	/**
	 * Replaces the database by the copy.
	 * @param prepare what is done to the restored database before it is used
	 */
	void restore(Consumer<JdbcTemplate> prepare) {
		String restored = this.name + "_restored";
		this.server.execute("drop database if exists %s with (force)".formatted(restored));
		copy(this.name + "_backup", restored);
		prepare.accept(connectionsTo(restored));
		aloneWith(this.name, () -> {
			this.server.execute("drop database if exists %s with (force)".formatted(this.name));
			this.server.execute("alter database %s rename to %s".formatted(restored, this.name));
		});
	}

	@Override
	public void close() {
		forget();
		this.connection.destroy();
	}

	private void forget() {
		this.server.execute("drop database if exists %s_backup".formatted(this.name));
	}

	private void copy(String from, String to) {
		this.server.execute("create database %s template %s".formatted(to, from));
	}

	// The pool opens new connections in the background. One that was let in just before
	// may show only later, so they are ended again, and the task is repeated.
	private void aloneWith(String database, Runnable task) {
		this.server.execute("alter database %s allow_connections false".formatted(database));
		try {
			Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> {
				this.server.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = ?", (row) -> {
				}, database);
				return isDone(task);
			});
		}
		finally {
			this.server.execute("alter database %s allow_connections true".formatted(database));
		}
		this.pool.getHikariPoolMXBean().softEvictConnections();
	}

	private static boolean isDone(Runnable task) {
		try {
			task.run();
			return true;
		}
		catch (DataAccessException ex) {
			if (ex.getRootCause() instanceof SQLException cause && IN_USE.equals(cause.getSQLState())) {
				return false;
			}
			throw ex;
		}
	}

	private JdbcTemplate connectionsTo(String database) {
		return new JdbcTemplate(new DriverManagerDataSource(urlOf(database),
				Objects.requireNonNull(this.pool.getUsername()), Objects.requireNonNull(this.pool.getPassword())));
	}

	private String urlOf(String database) {
		String url = Objects.requireNonNull(this.pool.getJdbcUrl());
		return url.substring(0, url.lastIndexOf('/') + 1) + database;
	}

}
