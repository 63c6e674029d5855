package dev.distributeimage.run.intake;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.Term;
import dev.distributeimage.run.Warning;
import dev.distributeimage.run.postgres.ArrayRows;
import dev.distributeimage.run.postgres.ArrayRows.Texts;
import dev.distributeimage.run.postgres.BatchOverdueException;
import dev.distributeimage.run.postgres.Batches;
import dev.distributeimage.run.postgres.Batches.Item;
import dev.distributeimage.run.postgres.Columns;
import dev.distributeimage.run.postgres.DatabaseFailures;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.queue.RunRegions;
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
 * Inserts new runs by group commit, each with its request, its terms and its first
 * events. Most of the cost of a single run is the cost of the statement.
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

	/**
	 * What a run takes as shown, in bytes, apart from its distributions, destinations and
	 * labels.
	 */
	private static final int WEIGHT = 1_500;

	private static final TypeReference<Map<String, String>> LABELS = new TypeReference<>() {
	};

	private static final TypeReference<Map<String, Object>> OPTIONS = new TypeReference<>() {
	};

	private static final TypeReference<List<Warning>> WARNINGS = new TypeReference<>() {
	};

	private static final ArrayRows<Request> ROWS = ArrayRows.of(Request.class)
		.column("id", "uuid", Request::id)
		.column("token", "text", Request::token)
		.column("deadline", "interval", Request::deadline)
		.column("name", "text", of(RunInput::distributionName))
		.column("distributions", "jsonb", of(RunInput::distributions))
		.column("recipe", "text", of(RunInput::imageRecipeArn))
		.column("infrastructure", "text", of(RunInput::infrastructureConfigurationArn))
		.column("options", "jsonb", of((input) -> input.options().toStore()))
		.column("expected_arn", "text", of(RunInput::distributionConfigurationArnExpected))
		.column("configuration", "text", of((input) -> input.options().distributionConfigurationArn()))
		.column("workflow", "workflow_id", of(RunInput::workflow))
		.column("step", "step_id", of(RunInput::firstStep))
		.column("labels", "jsonb", (request) -> request.run().labels())
		.column("warnings", "jsonb", (request) -> orNull(request.run().warnings()))
		.column("terms", "jsonb", (request) -> Term.of(request.run()).stream().map(Term::text).toList())
		.column("destinations", "integer", of(RunInput::destinations))
		.column("own_deadline", "interval", (request) -> request.run().deadline())
		.column("region", "text", of((input) -> input.place().region()))
		.column("account", "text", of((input) -> input.place().account()))
		.build();

	private static final ArrayRows<Request> OWNED_ROWS = ROWS.and(ArrayRows.of(Request.class)
		.column("owner", "text", (request) -> request.caller().owner())
		.column("created_by", "text", (request) -> request.caller().createdBy())
		.build());

	// The unique index on the token makes equal requests wait for the first one. The rows
	// are in the order of their tokens, so two statements cannot wait for each other. run
	// is filled from the rows that run_input accepted, and stays empty if the token was
	// known.
	//
	// The result names the run that already has the token. It is null if that run was
	// stored meanwhile: by another statement, or by another row of this one.
	//
	// Lines that begin with a plus are for runs that have an owner. Open mode goes
	// without.
	private static final String INSERT = """
			with asked as (
			  %s
			), stored as (
			  insert into run_input (run_id, distribution_name, distributions, image_recipe_arn,
			    infrastructure_configuration_arn, options, client_token, distribution_configuration_arn_expected, labels,
			    warnings, weight, own_deadline, created_at
			+   , owner, created_by
			    )
			  select id, name, distributions, recipe, infrastructure, options, token, expected_arn, labels, told.warnings,
			    %d + coalesce(octet_length(cast(distributions as text)), 0) + octet_length(cast(labels as text))
			      + coalesce(octet_length(cast(options as text)), 0)
			      + coalesce(octet_length(cast(told.warnings as text)), 0) + %d * destinations,
			    own_deadline, engine_now()
			+   , owner, created_by
			  from asked cross join lateral %s told (warnings)
			  order by token
			  on conflict (client_token) do nothing
			  returning run_id, number, client_token, created_at, distributions, run_input.options, labels,
			    run_input.warnings, weight
			), accepted as (
			  insert into run (id, number, workflow, step, distribution_configuration_arn, region, account,
			    next_attempt_at, deadline, last_event, create_distribution_configuration_token, create_image_token,
			    created_at, updated_at)
			  select run_id, number, workflow, step, configuration, region, account,
			    created_at, created_at + deadline, 2, client_token, client_token,
			    created_at, created_at
			  from stored join asked on id = run_id
			), listed as (
			  insert into run_term (term, number)
			  select term, number
			  from stored join asked on id = run_id cross join jsonb_array_elements_text(terms) as term
			), %s, begun as (
			  insert into run_event (number, sequence, at, type, step, detail
			+   , by
			    )
			  select number, sequence, created_at, type, step, '{}'
			+   , case when type = 'ACCEPTED' then created_by end
			  from stored join asked on id = run_id, (values (1, cast('ACCEPTED' as event_type)), (2, 'STEP_BEGUN')) event (sequence, type)
			)
			select asked.id, stored.number, stored.created_at, stored.created_at + asked.deadline as deadline,
			  stored.distributions, stored.options, stored.labels, stored.warnings, stored.weight, known.run_id as known,
			  known.same, known.same_labels, known.same_deadline, known.owner
			from asked
			left join stored on stored.run_id = asked.id
			left join lateral (
			  select run_id, owner, distribution_name is not distinct from asked.name
			    and run_input.distributions is not distinct from asked.distributions
			    and image_recipe_arn is not distinct from asked.recipe
			    and infrastructure_configuration_arn is not distinct from asked.infrastructure
			    and run_input.options is not distinct from asked.options
			+   and run_input.owner is not distinct from asked.owner
			    as same,
			    labels = asked.labels as same_labels, own_deadline is not distinct from asked.own_deadline as same_deadline
			  from run_input where stored.run_id is null and client_token = asked.token
			) known on true""";

	private static final String INSERT_OPEN = statement(ROWS, INSERT.lines().filter((line) -> !line.startsWith("+")));

	private static final String INSERT_OWNED = statement(OWNED_ROWS,
			INSERT.lines().map((line) -> line.startsWith("+") ? line.substring(1) : line));

	private final Batches<Prepared, Inserted> batches;

	private final JdbcClient jdbc;

	private final JsonMapper json;

	private final RunSnapshots snapshots;

	private final Duration longestWait;

	@Autowired
	RunInserts(JdbcClient jdbc, JsonMapper json, RunSnapshots snapshots, Executor runInsertsExecutor) {
		this(jdbc, json, snapshots, runInsertsExecutor, LONGEST_WAIT);
	}

	RunInserts(JdbcClient jdbc, JsonMapper json, RunSnapshots snapshots, Executor executor, Duration longestWait) {
		this.jdbc = jdbc;
		this.json = json;
		this.snapshots = snapshots;
		this.batches = new Batches<>(MAX_GROUP, executor, this::insert);
		this.longestWait = longestWait;
	}

	private static String statement(ArrayRows<Request> rows, Stream<String> lines) {
		return lines.collect(Collectors.joining("\n"))
			.formatted(rows.select("asked"), WEIGHT, NewRun.DESTINATION_WEIGHT, TakenNames.warnings("asked"),
					RunRegions.noted("stored join asked on id = run_id"));
	}

	private static Function<Request, @Nullable Object> of(Function<RunInput, @Nullable Object> value) {
		return (request) -> value.apply(request.run().input());
	}

	/**
	 * Inserts a run, unless its token already has one.
	 * @throws OutcomeUnknownException if the run may have been stored
	 * @throws BatchOverdueException if too many other runs were ahead
	 * @throws DataAccessException if the run was not stored
	 */
	StartResult insert(Request request) {
		Item<Prepared, Inserted> item = this.batches
			.add(new Prepared(request.id(), request.caller().owner() != null, OWNED_ROWS.texts(request, this.json)));
		return result(request, inserted(item));
	}

	private Inserted inserted(Item<Prepared, Inserted> item) {
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

	private Inserted await(Item<Prepared, Inserted> item, Duration longest) throws TimeoutException {
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

	/** The number of runs that wait for a statement. */
	int waiting() {
		return this.batches.waiting();
	}

	// A faulty request must not fail the others of its batch.
	private void insert(List<Item<Prepared, Inserted>> batch) {
		try {
			Map<UUID, Inserted> rows = OutcomeUnknownException.unlessDefinite(() -> carryOut(batch));
			for (Item<Prepared, Inserted> item : batch) {
				Inserted row = rows.get(item.value().id());
				if (row != null) {
					item.result().complete(row);
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

	private Map<UUID, Inserted> carryOut(List<Item<Prepared, Inserted>> batch) {
		Map<UUID, Inserted> rows = new HashMap<>();
		boolean owned = batch.stream().anyMatch((item) -> item.value().owned());
		this.jdbc.sql(owned ? INSERT_OWNED : INSERT_OPEN)
			.params((owned ? OWNED_ROWS : ROWS).parameters(batch.stream().map((item) -> item.value().texts()).toList()))
			.query((row) -> {
				Inserted inserted = Inserted.of(row);
				if (inserted != null) {
					rows.put(row.getObject("id", UUID.class), inserted);
				}
			});
		return rows;
	}

	// Made by the caller's thread: the one that inserts is what limits the rate.
	private StartResult result(Request request, Inserted row) {
		if (row.known() == null) {
			return new StartResult.Started(started(request, row));
		}
		// The known run may be this request's own, stored by an attempt whose answer was
		// lost.
		if (row.known().equals(request.id())) {
			return new StartResult.Started(this.snapshots.findById(request.id()).orElseThrow());
		}
		return row.same() ? new StartResult.Known(row.known(), row.differences())
				: new StartResult.TokenReused(row.known(), row.owner());
	}

	private RunSnapshot started(Request request, Inserted row) {
		return RunSnapshot.started(request.run().input(), new StartedRun(request.id(), row.number(), request.token(),
				request.caller(), Objects.requireNonNull(row.createdAt()), Objects.requireNonNull(row.deadline()),
				row.distributions(), (row.options() != null) ? this.json.readValue(row.options(), OPTIONS) : null,
				this.json.readValue(row.labels(), LABELS),
				(row.warnings() != null) ? this.json.readValue(row.warnings(), WARNINGS) : null, row.weight()));
	}

	// Most runs have none, and a null takes no room.
	private static @Nullable List<Warning> orNull(List<Warning> warnings) {
		return warnings.isEmpty() ? null : warnings;
	}

	/**
	 * A run's row of the statement.
	 *
	 * @param owned whether the run has an owner
	 */
	private record Prepared(UUID id, boolean owned, Texts texts) {
	}

	/**
	 * The statement's answer for a run.
	 *
	 * @param known the run that already has the token, or null if the run was inserted
	 * @param same whether the known run has the same inputs and owner
	 * @param sameLabels whether the known run has the same labels
	 * @param sameDeadline whether the known run was started with the same deadline
	 * @param owner the owner of the known run
	 */
	private record Inserted(long number, @Nullable Instant createdAt, @Nullable Instant deadline,
			@Nullable String distributions, @Nullable String options, @Nullable String labels,
			@Nullable String warnings, int weight, @Nullable UUID known, boolean same, boolean sameLabels,
			boolean sameDeadline, @Nullable String owner) {

		/** Returns null if the run was not inserted and the known one is not visible. */
		static @Nullable Inserted of(ResultSet row) throws SQLException {
			UUID known = row.getObject("known", UUID.class);
			Instant createdAt = Columns.timeOrNull(row, "created_at");
			return (known == null && createdAt == null) ? null
					: new Inserted(row.getLong("number"), createdAt, Columns.timeOrNull(row, "deadline"),
							row.getString("distributions"), row.getString("options"), row.getString("labels"),
							row.getString("warnings"), row.getInt("weight"), known, row.getBoolean("same"),
							row.getBoolean("same_labels"), row.getBoolean("same_deadline"), row.getString("owner"));
		}

		/** Warnings about the differences from the known run that are allowed. */
		List<Warning> differences() {
			List<Warning> differences = new ArrayList<>();
			if (!this.sameLabels) {
				differences.add(new Warning("/labels", "The run was started with other labels, and keeps them."));
			}
			if (!this.sameDeadline) {
				differences.add(new Warning("/deadline", "The run was started with another deadline, and keeps it."));
			}
			return differences;
		}

	}

	/**
	 * A request for a run, ready to be inserted.
	 *
	 * @param token the caller's client token, or a generated one
	 * @param deadline the maximum duration of the run
	 * @param caller the caller, to whose owner the run will belong
	 */
	record Request(UUID id, String token, NewRun run, Duration deadline, Caller caller) {
	}

}
