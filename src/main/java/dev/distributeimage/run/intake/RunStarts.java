package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;

import dev.distributeimage.audit.StoredChange;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Requester;
import dev.distributeimage.run.ClientTokens;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.Warning;
import dev.distributeimage.run.postgres.BatchOverdueException;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.postgres.WriteRefused;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.trace.Traces;
import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Starts runs. One statement stores a request, so it is stored completely or not at all.
 * The unique client token is its idempotency key and decides which of several equal
 * requests is first.
 */
@Component
public class RunStarts {

	private static final int MAX_REPEATS = 3;

	private static final Duration REPEATS_WITHIN = Duration.ofMillis(500);

	private final RunInserts inserts;

	private final TakenNames names;

	private final RunSettings settings;

	private final ApplicationEventPublisher events;

	private final IntakeMetrics metrics;

	private final Traces traces;

	RunStarts(RunInserts inserts, TakenNames names, RunSettings settings, ApplicationEventPublisher events,
			IntakeMetrics metrics, Traces traces) {
		this.inserts = inserts;
		this.names = names;
		this.settings = settings;
		this.events = events;
		this.metrics = metrics;
		this.traces = traces;
	}

	/**
	 * Stores a run, unless its client token already has one, or is that of a run that was
	 * removed.
	 * @param mostInFlight the maximum number of the owner's runs in flight, this one
	 * included; null for no limit
	 * @throws OutcomeUnknownException if the run may have been stored; with a client
	 * token the request may be repeated
	 * @throws BatchOverdueException if too many other runs were ahead
	 * @throws DataAccessException if nothing was stored
	 */
	public StartResult start(NewRun run, Requester by, @Nullable Integer mostInFlight) {
		String token = Objects.requireNonNullElseGet(run.clientToken(), ClientTokens::next);
		UUID id = ClientTokens.id(UuidVersion7Strategy.INSTANCE.generateUuid(null), token);
		Duration deadline = Objects.requireNonNullElse(run.deadline(), this.settings.deadline());
		RunInserts.Request request = new RunInserts.Request(id, token, run, deadline, by, mostInFlight)
			.tracedBy(this.traces.current());
		StartResult result = insertAgainWhileUnknown(request);
		if (result instanceof StartResult.Started) {
			this.metrics.started(run.input().place().region());
			this.events.publishEvent(new StoredChange(request.event()));
			this.events.publishEvent(new RunDue(id));
		}
		return result;
	}

	/**
	 * Returns the warnings that a run would be stored with.
	 * @throws DataAccessException if the database cannot tell
	 */
	public List<Warning> warnings(NewRun run, Caller caller) {
		return Stream.concat(run.warnings().stream(), this.names.warning(run, caller).stream()).toList();
	}

	/** Makes what the start of a run would store, and the run as it would be shown. */
	public RunSnapshot rehearse(NewRun run) {
		return this.inserts.rehearse(new RunInserts.Request(UUID.randomUUID(), ClientTokens.next(), run,
				this.settings.deadline(), new Requester(Caller.ANONYMOUS, "", ""), null));
	}

	/** Asks the database all that the start of a run asks, and stores nothing. */
	public void rehearseStatements(NewRun run) {
		warnings(run, Caller.ANONYMOUS);
		this.inserts.rehearseStatements();
	}

	// A lost connection may be replaced at once, and id and token show whether the run
	// was already stored. The repeats are few, because the caller waits for them.
	private StartResult insertAgainWhileUnknown(RunInserts.Request request) {
		long begun = System.nanoTime();
		@Nullable OutcomeUnknownException unknown = null;
		for (int attempts = 0; attempts <= MAX_REPEATS
				&& System.nanoTime() - begun < REPEATS_WITHIN.toNanos(); attempts++) {
			try {
				return this.inserts.insert(request);
			}
			catch (OutcomeUnknownException ex) {
				unknown = ex;
			}
			catch (DataAccessException ex) {
				if (!(ex instanceof BatchOverdueException)) {
					this.events.publishEvent(new WriteRefused(ex));
				}
				throw (unknown != null) ? unknown : ex;
			}
		}
		throw Objects.requireNonNull(unknown);
	}

}
