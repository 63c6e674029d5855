package dev.distributeimage.run.queue;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.distributeimage.audit.AuditEvent;
import dev.distributeimage.run.postgres.ArrayRows;
import dev.distributeimage.run.postgres.Columns;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Carries out the statements that store changed runs. */
class OutcomeStatements {

	private final JdbcClient jdbc;

	private final JsonMapper json;

	private final boolean removesAfterSuccess;

	OutcomeStatements(JdbcClient jdbc, JsonMapper json, boolean removesAfterSuccess) {
		this.jdbc = jdbc;
		this.json = json;
		this.removesAfterSuccess = removesAfterSuccess;
	}

	/**
	 * Stores those outcomes whose runs still have the versions of their claims.
	 * @return what was stored, by the id of the run
	 */
	Map<UUID, Written> write(List<Outcome> outcomes, Duration lease) {
		Map<Boolean, List<Outcome>> byUnchanged = outcomes.stream()
			.collect(Collectors.partitioningBy((outcome) -> outcome.run().isUnchanged()));
		Map<UUID, Written> written = new HashMap<>();
		List<Outcome> changed = byUnchanged.getOrDefault(false, List.of());
		if (!changed.isEmpty()) {
			written.putAll(writeChanged(changed, lease));
		}
		List<Outcome> postponed = byUnchanged.getOrDefault(true, List.of());
		if (!postponed.isEmpty()) {
			written.putAll(written(
					this.jdbc.sql(ChangeStatement.POSTPONE).params(RunRow.POSTPONED.parameters(postponed, this.json))));
		}
		return written;
	}

	// Most groups leave nothing in AWS, and need not pay for those that do.
	private Map<UUID, Written> writeChanged(List<Outcome> changed, Duration lease) {
		boolean leaving = changed.stream().anyMatch((one) -> LeftoverRows.mayLeave(one, this.removesAfterSuccess));
		ArrayRows<Outcome> columns = leaving ? ChangeStatement.CALLS_WITH_LEFTOVERS : ChangeStatement.CALLS;
		return written(this.jdbc.sql(leaving ? ChangeStatement.WRITE_WITH_LEFTOVERS : ChangeStatement.WRITE)
			.params(columns.parameters(changed, this.json))
			.params(OutcomeEvent.parameters(changed, this.json))
			.param("removesAfterSuccess", this.removesAfterSuccess)
			.param("lease", lease.toString()));
	}

	/** Returns those of the outcomes that an earlier statement has stored. */
	Map<UUID, Written> writtenBefore(List<Outcome> outcomes) {
		return outcomes.isEmpty() ? Map.of() : written(this.jdbc.sql(ChangeStatement.WRITTEN_BEFORE)
			.params(ChangeStatement.KNOWN.parameters(outcomes, this.json)));
	}

	/**
	 * Stores a run that a request has changed, with the record of the request.
	 * @param most the maximum number of runs in flight of the run's owner, this one
	 * included; null for no limit
	 * @return whether the run still had the version of the outcome, and was within the
	 * limit
	 */
	boolean writeRequest(Outcome outcome, AuditEvent event, @Nullable Integer most) {
		return !written(this.jdbc.sql(ChangeStatement.WRITE_REQUEST)
			.params(ChangeStatement.REQUESTS.parameters(List.of(outcome), this.json))
			.params(OutcomeEvent.parameters(List.of(outcome), this.json))
			.param("by", event.by().caller().createdBy())
			.param("audit", this.json.writeValueAsString(event.members()))
			.param("most", most)
			.param("removesAfterSuccess", false)
			.param("lease", Duration.ZERO.toString())).isEmpty();
	}

	private static Map<UUID, Written> written(JdbcClient.StatementSpec statement) {
		Map<UUID, Written> written = new HashMap<>();
		statement.query((row) -> {
			UUID id = row.getObject("id", UUID.class);
			written.put(id,
					new Written(row.getInt("version"), Columns.time(row, "at"),
							Columns.timeOrNull(row, "cancel_requested_at"), row.getString("cancel_token"),
							row.getString("distribution_name")));
		});
		return written;
	}

	/**
	 * What the database knows of a run that was stored.
	 *
	 * @param at the time of the statement
	 */
	record Written(int version, Instant at, @Nullable Instant cancelRequestedAt, @Nullable String cancelToken,
			@Nullable String distributionName) {
	}

}
