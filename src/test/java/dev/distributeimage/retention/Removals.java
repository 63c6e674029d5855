package dev.distributeimage.retention;

import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;

import dev.distributeimage.workflow.PollerSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A replica that removes ended runs when a test says so. */
public final class Removals {

	/** How long runs are kept, as shipped. */
	public static final Duration KEEP = Duration.ofDays(90);

	private static final Instant LATER = Instant.parse("9999-12-31T00:00:00Z");

	private static final PollerSettings OFF = new PollerSettings(false, Duration.ofSeconds(1), 100, 16,
			Duration.ofMinutes(1), 0.5);

	private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

	private final RunRetention retention;

	/** A replica with the setting as shipped. */
	public Removals(JdbcClient jdbc) {
		this(jdbc, KEEP);
	}

	public Removals(JdbcClient jdbc, Duration keep) {
		this(new RunRemoval(jdbc), keep);
	}

	Removals(RunRemoval removal, Duration keep) {
		this.retention = new RunRetention(removal, new RetentionSettings(keep), OFF, this.metrics);
	}

	/**
	 * Removes the runs whose time has come.
	 * @return how many
	 */
	public int look() {
		double before = deleted();
		this.retention.look();
		return (int) (deleted() - before);
	}

	/** The counter. */
	double deleted() {
		return this.metrics.counter("distribute.image.runs.deleted").count();
	}

	/**
	 * Removes one portion in the transaction of this connection, whoever was the last.
	 */
	public static int within(Connection transaction) {
		return portion(JdbcClient.create(new SingleConnectionDataSource(transaction, true)));
	}

	/** Removes one portion, whoever was the last. */
	static int portion(JdbcClient jdbc) {
		return new RunRemoval(jdbc).remove(KEEP, RunRetention.LARGEST_PORTION, LATER).runs();
	}

}
