package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.distributeimage.audit.AuditEvent;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Requester;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.Warning;
import dev.distributeimage.run.intake.InsertStatement.Row;
import dev.distributeimage.run.postgres.BatchOverdueException;
import dev.distributeimage.run.postgres.Batches;
import dev.distributeimage.run.postgres.Batches.Item;
import dev.distributeimage.run.postgres.DatabaseFailures;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import dev.distributeimage.run.view.StartedRun;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Inserts new runs by group commit. Most of the cost of a single run is the cost of the
 * statement.
 */
@Component
class RunInserts {

	/**
	 * In a group of 16, a run costs half of what it costs alone. Larger groups would save
	 * little more, and take too long with large rows.
	 */
	static final int MAX_GROUP = 16;

	/**
	 * The maximum wait for a statement. A caller gets an answer within 5 s, of which the
	 * statement may take 3.5 s.
	 */
	private static final Duration LONGEST_WAIT = Duration.ofMillis(1_500);

	/** Includes the wait for a connection, and the repeats one by one. */
	private static final Duration LONGEST_STATEMENT = Duration.ofSeconds(10);

	private static final TypeReference<Map<String, String>> LABELS = new TypeReference<>() {
	};

	private static final TypeReference<Map<String, Object>> OPTIONS = new TypeReference<>() {
	};

	private static final TypeReference<List<Warning>> WARNINGS = new TypeReference<>() {
	};

	private final Batches<Row, InsertResult> batches;

	private final InsertStatement statement;

	private final JsonMapper json;

	private final RunSnapshots snapshots;

	private final Duration longestWait;

	@Autowired
	RunInserts(JdbcClient jdbc, JsonMapper json, RunSnapshots snapshots, Executor runInsertsExecutor) {
		this(jdbc, json, snapshots, runInsertsExecutor, LONGEST_WAIT);
	}

	RunInserts(JdbcClient jdbc, JsonMapper json, RunSnapshots snapshots, Executor executor, Duration longestWait) {
		this.statement = new InsertStatement(jdbc, json);
		this.json = json;
		this.snapshots = snapshots;
		this.batches = new Batches<>(MAX_GROUP, executor, this::insert);
		this.longestWait = longestWait;
	}

	/**
	 * Inserts a run, unless its token already has one or its owner has too many in
	 * flight.
	 * @throws OutcomeUnknownException if the run may have been stored
	 * @throws BatchOverdueException if too many other runs were ahead
	 * @throws DataAccessException if the run was not stored
	 */
	StartResult insert(Request request) {
		return result(request, inserted(this.batches.add(this.statement.row(request))));
	}

	private InsertResult inserted(Item<Row, InsertResult> item) {
		try {
			return await(item, this.longestWait);
		}
		catch (TimeoutException ex) {
			if (this.batches.withdraw(item)) {
				throw new BatchOverdueException();
			}
		}
		try {
			return await(item, LONGEST_STATEMENT);
		}
		catch (TimeoutException ex) {
			throw new OutcomeUnknownException(ex);
		}
	}

	private InsertResult await(Item<Row, InsertResult> item, Duration longest) throws TimeoutException {
		try {
			return item.result().get(longest.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : new IllegalStateException(ex.getCause());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw this.batches.withdraw(item) ? new BatchOverdueException() : new OutcomeUnknownException(ex);
		}
	}

	/** Makes the row of a run, and the run as it would be shown. */
	RunSnapshot rehearse(Request request) {
		this.statement.row(request);
		return started(request, InsertResult.Inserted.rehearsed(request));
	}

	/** Inserts no rows, and reads what is not there. */
	void rehearseStatements() {
		UUID nobodys = UUID.randomUUID();
		this.statement.rehearse();
		this.snapshots.findById(nobodys);
		this.snapshots.findById(nobodys, 0);
		this.snapshots.progress(new UUID[] { nobodys });
	}

	/** The number of runs that wait for a statement. */
	int waiting() {
		return this.batches.waiting();
	}

	// A faulty request must not fail the others of its batch.
	private void insert(List<Item<Row, InsertResult>> batch) {
		try {
			Map<UUID, InsertResult> results = OutcomeUnknownException
				.unlessDefinite(() -> this.statement.carryOut(batch.stream().map(Item::value).toList()));
			for (Item<Row, InsertResult> item : batch) {
				InsertResult result = results.get(item.value().id());
				if (result != null) {
					item.result().complete(result);
				}
				else {
					// The token's run was stored meanwhile; the next statement sees it.
					insert(List.of(item));
				}
			}
		}
		catch (RuntimeException ex) {
			if (batch.size() > 1 && !(ex instanceof OutcomeUnknownException) && !DatabaseFailures.isTransient(ex)) {
				batch.forEach((item) -> insert(List.of(item)));
			}
			else {
				batch.forEach((item) -> item.result().completeExceptionally(ex));
			}
		}
	}

	// Made by the caller's thread: the one that inserts is what limits the rate.
	private StartResult result(Request request, InsertResult result) {
		if (result instanceof InsertResult.Inserted inserted) {
			return new StartResult.Started(started(request, inserted));
		}
		if (result instanceof InsertResult.Known known) {
			return result(request, known);
		}
		if (result instanceof InsertResult.Removed removed) {
			return new StartResult.Removed(removed.owner());
		}
		return new StartResult.LimitReached();
	}

	// The known run may be this request's own, stored by an attempt whose answer was
	// lost.
	private StartResult result(Request request, InsertResult.Known known) {
		if (known.run().equals(request.id())) {
			return new StartResult.Started(this.snapshots.findById(request.id()).orElseThrow());
		}
		return known.same() ? new StartResult.Known(known.run(), known.differences())
				: new StartResult.TokenReused(known.run(), known.owner());
	}

	private RunSnapshot started(Request request, InsertResult.Inserted row) {
		return RunSnapshot.started(request.run().input(),
				new StartedRun(request.id(), row.number(), request.token(), request.caller(), row.createdAt(),
						row.deadline(), row.distributions(),
						(row.options() != null) ? this.json.readValue(row.options(), OPTIONS) : null,
						this.json.readValue(row.labels(), LABELS),
						(row.warnings() != null) ? this.json.readValue(row.warnings(), WARNINGS) : null, row.weight()));
	}

	/**
	 * A request for a run, ready to be inserted.
	 *
	 * @param token the caller's client token, or a generated one
	 * @param deadline the maximum duration of the run
	 * @param event the record of the request, stored with the run
	 * @param mostInFlight the maximum number of the owner's runs in flight, this one
	 * included; null for no limit
	 * @param traceParent the request, as the parent of the run's calls in its trace; null
	 * if it is not traced
	 */
	record Request(UUID id, String token, NewRun run, Duration deadline, AuditEvent event,
			@Nullable Integer mostInFlight, @Nullable String traceParent) {

		Request(UUID id, String token, NewRun run, Duration deadline, Requester by, @Nullable Integer mostInFlight) {
			this(id, token, run, deadline, AuditEvent.started(by, id, InputAudit.of(run)), mostInFlight, null);
		}

		Request tracedBy(@Nullable String parent) {
			return new Request(this.id, this.token, this.run, this.deadline, this.event, this.mostInFlight, parent);
		}

		/** The caller, to whose owner the run will belong. */
		Caller caller() {
			return this.event.by().caller();
		}

	}

}
