package dev.distributeimage.audit;

import java.time.Duration;
import java.util.List;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The records in the database. The service may add some, and remove none but old ones.
 */
@Component
class AuditTable {

	private static final String INSERT = AuditRows.insert(
			"unnest(cast(:audit as jsonb[]), cast(:age as interval[])) as given (audit, age)", "engine_now() - age");

	// One replica at a time: others would wait for the same rows.
	private static final String REMOVE = """
			select case when pg_try_advisory_xact_lock(hashtext('remove_audit_events'))
			  then remove_audit_events(cast(:keep as interval)) else 0 end""";

	private final JdbcClient jdbc;

	private final JsonMapper json;

	AuditTable(JdbcClient jdbc, JsonMapper json) {
		this.jdbc = jdbc;
		this.json = json;
	}

	void insert(List<AuditTrail.Waiting> records) {
		this.jdbc.sql(INSERT)
			.param("audit",
					records.stream()
						.map((one) -> this.json.writeValueAsString(one.event().members()))
						.toArray(String[]::new))
			.param("age", records.stream().map((one) -> one.age().toString()).toArray(String[]::new))
			.update();
	}

	/**
	 * Removes some of the records that are older.
	 * @return how many were removed; none when all are, or when another replica does it
	 */
	int remove(Duration olderThan) {
		return this.jdbc.sql(REMOVE).param("keep", olderThan.toString()).query(Integer.class).single();
	}

}
