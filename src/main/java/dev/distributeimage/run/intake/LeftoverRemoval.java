package dev.distributeimage.run.intake;

import java.util.Optional;
import java.util.UUID;

import dev.distributeimage.audit.AuditEvent;
import dev.distributeimage.audit.AuditRows;
import dev.distributeimage.audit.AuditedAction;
import dev.distributeimage.audit.StoredChange;
import dev.distributeimage.aws.Accounts;
import dev.distributeimage.caller.Requester;
import dev.distributeimage.run.LeftoverKind;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.view.Leftover;
import dev.distributeimage.run.view.Leftovers;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stores requests to remove what runs have left. The engine carries them out. */
@Component
public class LeftoverRemoval {

	private static final String REQUEST = RemovalRequests.of("""
			select leftover.id, leftover.run_id, run.version
			from leftover join run on run.id = leftover.run_id
			where leftover.id = :id and leftover.kind = 'distribution-configuration' and leftover.closed_at is null
			  and leftover.requested_at is null""", "cast(:by as text)", "false", """
			, audited as (
			  %s
			)""".formatted(AuditRows.insert("requested cross join (select cast(:audit as jsonb) as audit) given",
			"requested.requested_at")));

	private final JdbcClient jdbc;

	private final JsonMapper json;

	private final Leftovers leftovers;

	private final Accounts accounts;

	private final ApplicationEventPublisher events;

	LeftoverRemoval(JdbcClient jdbc, JsonMapper json, Leftovers leftovers, Accounts accounts,
			ApplicationEventPublisher events) {
		this.jdbc = jdbc;
		this.json = json;
		this.leftovers = leftovers;
		this.accounts = accounts;
		this.events = events;
	}

	/**
	 * Requests the removal of the leftover with the given id; a repeated request changes
	 * nothing.
	 * @throws OutcomeUnknownException if the request may have been stored
	 * @throws DataAccessException if the request was not stored
	 */
	public Optional<RemovalResult> request(UUID id, Requester by) {
		Optional<Leftover> found = this.leftovers.find(id);
		while (found.isPresent()) {
			RemovalResult known = known(found.get());
			if (!(known instanceof RemovalResult.Requested) || found.get().removal() != null) {
				return Optional.of(known);
			}
			AuditEvent event = AuditEvent.changed(AuditedAction.REMOVE, by, found.get().run());
			if (requested(id, event)) {
				this.events.publishEvent(new StoredChange(event));
				this.events.publishEvent(new RemovalDue(id));
				return OutcomeUnknownException.afterwards(() -> this.leftovers.find(id)).map(LeftoverRemoval::asked);
			}
			// Another request changed the run first.
			found = this.leftovers.find(id);
		}
		return Optional.empty();
	}

	/** Returns what a request for the removal would lead to; changes nothing. */
	public Optional<RemovalResult> plan(UUID id) {
		return this.leftovers.find(id).map(this::known);
	}

	private RemovalResult known(Leftover leftover) {
		if (leftover.kind() != LeftoverKind.DISTRIBUTION_CONFIGURATION) {
			return new RemovalResult.NotRemovable(leftover);
		}
		if (leftover.removedAt() == null && this.accounts.lackCredentialsFor(leftover.place())) {
			return new RemovalResult.OtherAccount(leftover.place().account());
		}
		return asked(leftover);
	}

	private static RemovalResult asked(Leftover leftover) {
		return (leftover.removedAt() != null) ? new RemovalResult.Removed(leftover)
				: new RemovalResult.Requested(leftover);
	}

	private boolean requested(UUID id, AuditEvent event) {
		JdbcClient.StatementSpec statement = this.jdbc.sql(REQUEST)
			.param("id", id)
			.param("by", event.by().caller().createdBy())
			.param("audit", this.json.writeValueAsString(event.members()));
		return OutcomeUnknownException.unlessDefinite(statement::update) > 0;
	}

}
