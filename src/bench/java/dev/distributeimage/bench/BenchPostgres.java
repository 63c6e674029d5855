package dev.distributeimage.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The PostgreSQL that all contestants share, with a new database for each round. It
 * counts statements, log and processor time. No checkpoint falls into a round, so no
 * contestant pays for the page images of another.
 */
final class BenchPostgres implements AutoCloseable {

	/**
	 * If off, the disk is left out of the comparison, which favours the contestant that
	 * commits most.
	 */
	static final String FSYNC = System.getProperty("bench.fsync", "off");

	/** The number of connections for each contestant. */
	static final int CONNECTIONS = 16;

	private static final long NANOS_PER_CLOCK_TICK = TimeUnit.MILLISECONDS.toNanos(10);

	private final EmbeddedPostgres server;

	private final Connection connection;

	private int databases;

	private BenchPostgres(EmbeddedPostgres server) throws SQLException {
		this.server = server;
		this.connection = DriverManager.getConnection(url("postgres"), "postgres", "postgres");
	}

	static BenchPostgres start() throws IOException, SQLException {
		BenchPostgres postgres = new BenchPostgres(EmbeddedPostgres.builder()
			.setServerConfig("fsync", FSYNC)
			.setServerConfig("shared_buffers", "512MB")
			.setServerConfig("max_wal_size", "16GB")
			.setServerConfig("checkpoint_timeout", "1h")
			.setServerConfig("max_connections", "300")
			.setServerConfig("shared_preload_libraries", "pg_stat_statements")
			.start());
		postgres.execute("create extension pg_stat_statements");
		return postgres;
	}

	String version() {
		return text("show server_version");
	}

	int port() {
		return this.server.getPort();
	}

	String url(String database) {
		return "jdbc:postgresql://localhost:%d/%s?ApplicationName=bench".formatted(port(), database);
	}

	/** The properties with which a Spring application finds a database. */
	String[] settings(String database, String... more) {
		return Stream
			.concat(Stream.of("--spring.datasource.url=" + url(database), "--spring.datasource.username=postgres",
					"--spring.datasource.password=postgres", "--distribute-image.aws.verify-account=false"),
					Stream.of(more))
			.toArray(String[]::new);
	}

	/** Creates an empty database and returns its name. */
	String newDatabase() {
		this.databases++;
		String name = "bench_" + this.databases;
		execute("create database " + name);
		return name;
	}

	void drop(String database) {
		execute("drop database " + database + " with (force)");
	}

	/** Brings the database into the state of one in operation. */
	void analyze(String database) {
		try (HikariDataSource pool = pool(database)) {
			JdbcClient.create(pool).sql("analyze").update();
		}
	}

	void checkpoint() {
		execute("checkpoint");
	}

	HikariDataSource pool(String database) {
		HikariConfig config = new HikariConfig();
		config.setJdbcUrl(url(database));
		config.setUsername("postgres");
		config.setPassword("postgres");
		config.setMaximumPoolSize(CONNECTIONS);
		return new HikariDataSource(config);
	}

	/**
	 * Opens a transaction that stays open and keeps vacuum from removing dead rows in
	 * this database.
	 */
	Connection hold(String database) throws SQLException {
		Connection held = DriverManager.getConnection(url(database), "postgres", "postgres");
		held.setAutoCommit(false);
		held.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
		try (Statement statement = held.createStatement()) {
			statement.execute("select txid_current()");
		}
		return held;
	}

	/**
	 * Returns the transactions committed in a database by connections that are closed.
	 */
	long commits(String database) {
		return Long.parseLong(
				text("select pg_stat_get_db_xact_commit(oid) from pg_database where datname = '" + database + "'"));
	}

	/** Resets the counters behind {@link #topStatements}. */
	void forgetStatements() {
		execute("select pg_stat_statements_reset()");
	}

	/** Returns the statements on which the server spent most time. */
	String topStatements() {
		return text(
				"""
								select string_agg(format('%s ms, %s calls, %s rows, %s ms each, %s bytes of log: %s', total_exec_time::bigint,
								  calls, rows, mean_exec_time::numeric(9, 2), wal_bytes, replace(left(query, 400), chr(10), ' ')),
						  chr(10) order by total_exec_time desc)
						from (select * from pg_stat_statements order by total_exec_time desc limit 8) top""");
	}

	/** Returns the mean time and the mean number of rows of a statement. */
	double[] meanMillisAndRows(String like) {
		String[] means = text("""
				select coalesce(sum(total_exec_time) / sum(calls), 0) || ' ' || coalesce(sum(rows) / sum(calls), 0)
				from pg_stat_statements where query like '%s'""".formatted(like)).split(" ", -1);
		return Stream.of(means).mapToDouble(Double::parseDouble).toArray();
	}

	/** Returns the statements, log and page images so far. */
	long[] counters() {
		String[] counters = text("""
				select (select coalesce(sum(calls), 0) from pg_stat_statements)
				  || ' ' || pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')
				  || ' ' || (select wal_fpi from pg_stat_wal)""").split(" ", -1);
		return Stream.of(counters).mapToLong(Long::parseLong).toArray();
	}

	/**
	 * Returns the processor time of the server's processes, including ended ones. Linux
	 * only: 0 elsewhere.
	 */
	long cpuNanos() {
		try {
			long postmaster = Long
				.parseLong(Files.readAllLines(Path.of(text("show data_directory"), "postmaster.pid")).get(0).trim());
			long ticks = ticks(postmaster, true);
			for (ProcessHandle child : ProcessHandle.of(postmaster).orElseThrow().children().toList()) {
				ticks += ticks(child.pid(), false);
			}
			return ticks * NANOS_PER_CLOCK_TICK;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	// proc(5): utime, stime, cutime and cstime are fields 14 to 17; the name, which may
	// hold blanks, ends at the last parenthesis.
	private static long ticks(long pid, boolean withEndedChildren) throws IOException {
		Path stat = Path.of("/proc", Long.toString(pid), "stat");
		if (!Files.exists(stat)) {
			return 0;
		}
		String line = Files.readString(stat);
		List<String> fields = List.of(line.substring(line.lastIndexOf(')') + 2).split(" ", -1));
		long ticks = 0;
		for (int field = 11; field < (withEndedChildren ? 15 : 13); field++) {
			ticks += Long.parseLong(fields.get(field));
		}
		return ticks;
	}

	private String text(String query) {
		try (Statement statement = this.connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
			rows.next();
			return rows.getString(1);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void execute(String sql) {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(sql);
		}
		catch (SQLException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() throws IOException, SQLException {
		this.connection.close();
		this.server.close();
	}

}
