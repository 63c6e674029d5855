package dev.distributeimage.run.intake;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

import org.hibernate.id.uuid.UuidVersion7Strategy;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import dev.distributeimage.run.ClientTokens;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.view.Runs;
import dev.distributeimage.run.view.StoredRun;

/**
 * Takes requests in. A request is stored by one statement, so that it is there as a whole
 * or not at all; the unique client token decides which of several equal ones is first.
 */
@Component
public class RunStarts {

	private static final int MAX_REPEATS = 3;

	private static final Duration REPEATS_WITHIN = Duration.ofMillis(500);

	private final RunInserts inserts;

	private final JdbcClient jdbc;

	private final Runs runs;

	private final JsonMapper json;

	private final RunSettings settings;

	private final Turns turns;

	private final ApplicationEventPublisher events;

	RunStarts(RunInserts inserts, JdbcClient jdbc, Runs runs, JsonMapper json, RunSettings settings, Turns turns,
			ApplicationEventPublisher events) {
		this.inserts = inserts;
		this.jdbc = jdbc;
		this.runs = runs;
		this.json = json;
		this.settings = settings;
		this.turns = turns;
		this.events = events;
	}

	/**
	 * Stores a run, unless its client token has one already.
	 * @throws OutcomeUnknownException if the database went away after it had got the
	 * request; with a client token it may be repeated
	 * @throws TurnRefusedException if there were too many others
	 * @throws DataAccessException if nothing was stored
	 */
	public StartResult take(NewRun asked) {
		UUID id = UuidVersion7Strategy.INSTANCE.generateUuid(null);
		String token = Objects.requireNonNullElseGet(asked.clientToken(), ClientTokens::next);
		Optional<StoredRun> accepted = insertAgainWhileUnknown(new RunInserts.Asked(id, token, asked,
				Objects.requireNonNullElse(asked.deadline(), this.settings.deadline())));
		if (accepted.isEmpty()) {
			return takenBefore(id, token, asked);
		}
		this.events.publishEvent(new RunDue(id));
		return new StartResult.Accepted(accepted.get());
	}

	// A connection that was lost may be replaced at once, and id and token tell whether
	// the run was stored before. A caller is not kept waiting for that.
	private Optional<StoredRun> insertAgainWhileUnknown(RunInserts.Asked asked) {
		long begun = System.nanoTime();
		OutcomeUnknownException unknown = null;
		for (int attempts = 0; attempts <= MAX_REPEATS
				&& System.nanoTime() - begun < REPEATS_WITHIN.toNanos(); attempts++) {
			try {
				return this.inserts.insert(asked);
			}
			catch (OutcomeUnknownException ex) {
				unknown = ex;
			}
			catch (DataAccessException ex) {
				this.events.publishEvent(new RunRefused(ex));
				throw (unknown != null) ? unknown : ex;
			}
		}
		throw Objects.requireNonNull(unknown);
	}

	// It may have been this very request, by an attempt whose answer was lost.
	private StartResult takenBefore(UUID id, String token, NewRun asked) {
		return OutcomeUnknownException.afterwards(() -> this.turns.take(() -> alreadyTaken(id, token, asked)));
	}

	private StartResult alreadyTaken(UUID id, String token, NewRun asked) {
		record First(UUID runId, boolean same) {
		}
		First first = this.jdbc.sql("""
				select run_id, distribution_name = :name and distributions = :distributions::jsonb
				  and image_recipe_arn = :recipe and infrastructure_configuration_arn = :infrastructure as same
				from run_input where client_token = :token""")
			.param("name", asked.distributionName())
			.param("distributions", this.json.writeValueAsString(asked.distributions()))
			.param("recipe", asked.imageRecipeArn())
			.param("infrastructure", asked.infrastructureConfigurationArn())
			.param("token", token)
			.query(First.class)
			.single();
		if (first.runId().equals(id)) {
			return new StartResult.Accepted(stored(id));
		}
		StoredRun run = stored(first.runId());
		return first.same() ? new StartResult.Known(run) : new StartResult.TokenReused(run);
	}

	private StoredRun stored(UUID id) {
		return this.runs.findStored(id).orElseThrow();
	}

}
