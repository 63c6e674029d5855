package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.Objects;
import java.util.UUID;

import dev.distributeimage.run.ClientTokens;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.postgres.BatchOverdueException;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.postgres.WriteRefused;
import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * Starts runs. A request is stored by one statement, so that it is there as a whole or
 * not at all; the unique client token, its idempotency key, decides which of several
 * equal requests is first.
 */
@Component
public class RunStarts {

	private static final int MAX_REPEATS = 3;

	private static final Duration REPEATS_WITHIN = Duration.ofMillis(500);

	private final RunInserts inserts;

	private final RunSettings settings;

	private final ApplicationEventPublisher events;

	RunStarts(RunInserts inserts, RunSettings settings, ApplicationEventPublisher events) {
		this.inserts = inserts;
		this.settings = settings;
		this.events = events;
	}

	/**
	 * Stores a run, unless its client token has one already.
	 * @throws OutcomeUnknownException if the database went away after it had got the
	 * request; with a client token it may be repeated
	 * @throws BatchOverdueException if too many others came before
	 * @throws DataAccessException if nothing was stored
	 */
	public StartResult start(NewRun asked) {
		UUID id = UuidVersion7Strategy.INSTANCE.generateUuid(null);
		String token = Objects.requireNonNullElseGet(asked.clientToken(), ClientTokens::next);
		Duration deadline = Objects.requireNonNullElse(asked.deadline(), this.settings.deadline());
		StartResult result = insertAgainWhileUnknown(new RunInserts.Asked(id, token, asked, deadline));
		if (result instanceof StartResult.Started) {
			this.events.publishEvent(new RunDue(id));
		}
		return result;
	}

	// A connection that was lost may be replaced at once, and id and token tell whether
	// the run was stored before. A caller is not kept waiting for that.
	private StartResult insertAgainWhileUnknown(RunInserts.Asked asked) {
		long begun = System.nanoTime();
		@Nullable OutcomeUnknownException unknown = null;
		for (int attempts = 0; attempts <= MAX_REPEATS
				&& System.nanoTime() - begun < REPEATS_WITHIN.toNanos(); attempts++) {
			try {
				return this.inserts.insert(asked);
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
