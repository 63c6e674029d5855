package dev.distributeimage.run.intake;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.distributeimage.audit.AuditRows;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.Term;
import dev.distributeimage.run.intake.RunInserts.Request;
import dev.distributeimage.run.postgres.ArrayRows;
import dev.distributeimage.run.postgres.ArrayRows.Texts;
import dev.distributeimage.run.postgres.StatementText;
import dev.distributeimage.run.queue.RunRegions;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Inserts a group of runs in one statement, each with its request, its terms and its
 * first events.
 */
class InsertStatement {

	/**
	 * The size of a run as shown, in bytes, apart from its distributions, destinations
	 * and labels.
	 */
	private static final int WEIGHT = 1_500;

	/**
	 * The column for the number of runs of an owner, in the first of its rows. Counted in
	 * the statement, it would take longer than to raise the owner's number by it. The
	 * value depends on the group, so no request has one.
	 */
	private static final String RAISED_BY = "raised_by";

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
		// Most runs have none, and a null takes no room.
		.column("warnings", "jsonb", (request) -> request.run().warnings().isEmpty() ? null : request.run().warnings())
		.column("terms", "jsonb", (request) -> Term.of(request.run()).stream().map(Term::text).toList())
		.column("destinations", "integer", of(RunInput::destinations))
		.column("own_deadline", "interval", (request) -> request.run().deadline())
		.column("region", "text", of((input) -> input.place().region()))
		.column("account", "text", of((input) -> input.place().account()))
		.column("audit", "jsonb", (request) -> request.event().members())
		.column("trace_parent", "text", Request::traceParent)
		.build();

	private static final ArrayRows<Request> OWNED_ROWS = ROWS.and(ArrayRows.of(Request.class)
		.column("owner", "text", (request) -> request.caller().owner())
		.column("created_by", "text", (request) -> request.caller().createdBy())
		.column("most", "integer", Request::mostInFlight)
		.column(RAISED_BY, "integer", (request) -> null)
		.build());

	// The unique index on the token makes equal requests wait for the first one. The rows
	// are in the order of their tokens, so two statements cannot wait for each other. run
	// is filled from the rows that run_input accepted, and stays empty if the token was
	// known.
	//
	// A snapshot shows either a run or that it was removed, so both are looked for before
	// the insert. By the unique index alone, an insert would succeed once a run is gone
	// that its snapshot still shows.
	//
	// Owners are locked in one order, and before anything is locked by its token. Their
	// runs in flight are counted only if there may be too many, and only for a run that
	// is alone in its statement, which does not see those that it inserts.
	//
	// The result names the run that already has the token. It is null if that run was
	// stored meanwhile: by another statement, or by another row of this one. It is also
	// null for a run that may be one too many.
	//
	// A run that reuses a configuration may repeat one that a restore has lost: its image
	// is looked for by its tag. Other runs meet the name of what was lost.
	//
	// Lines that begin with a plus are for runs that have an owner. Open mode goes
	// without.
	private static final String INSERT = """
			with asked as (
			  ${asked}
			+), raised as (
			+  insert into run_owner as known (owner, at_most)
			+  select owner, raised_by from asked where raised_by is not null order by owner
			+  on conflict (owner) do update set at_most = known.at_most + excluded.at_most
			+  returning known.owner, known.at_most
			), stored as (
			  insert into run_input (run_id, distribution_name, distributions, image_recipe_arn,
			    infrastructure_configuration_arn, options, client_token, distribution_configuration_arn_expected, labels,
			    warnings, weight, own_deadline, created_at
			+   , owner, created_by
			    )
			  select id, name, distributions, recipe, infrastructure, options, token, expected_arn, labels, told.warnings,
			    ${weight} + coalesce(octet_length(cast(distributions as text)), 0) + octet_length(cast(labels as text))
			      + coalesce(octet_length(cast(options as text)), 0)
			      + coalesce(octet_length(cast(told.warnings as text)), 0) + ${destination_weight} * destinations,
			    own_deadline, engine_now()
			+   , owner, created_by
			  from asked
			  cross join lateral ${warnings} told (warnings)
			  where (select true from run_input where client_token = token) is null
			    and (select true from ${removed}) is null
			+   and ${within_limit}
			  order by token
			  on conflict (client_token) do nothing
			  returning run_id, run_input.owner, number, client_token, created_at, distributions, run_input.options, labels,
			    run_input.warnings, weight
			), accepted as (
			  insert into run (id, number, workflow, step, distribution_configuration_arn, region, account,
			    next_attempt_at, deadline, last_event, create_distribution_configuration_token, create_image_token,
			    created_at, updated_at, trace_parent, lost_since)
			  select run_id, number, workflow, step, configuration, region, account,
			    created_at, created_at + deadline, 2, client_token, client_token,
			    created_at, created_at, trace_parent,
			    case when configuration is not null then (select min(since) from restore where until > engine_now()) end
			  from stored join asked on id = run_id
			+), in_flight as (
			+  insert into run_in_flight (run_id, owner)
			+  select run_id, owner from stored where owner is not null
			), listed as (
			  insert into run_term (term, number)
			  select term, number
			  from stored join asked on id = run_id cross join jsonb_array_elements_text(terms) as term
			), audited as (
			  ${audited}
			), ${regions}, begun as (
			  insert into run_event (number, sequence, at, type, step, detail
			+   , by
			    )
			  select number, sequence, created_at, type, step, '{}'
			+   , case when type = 'ACCEPTED' then created_by end
			  from stored join asked on id = run_id, (values (1, cast('ACCEPTED' as event_type)), (2, 'STEP_BEGUN')) event (sequence, type)
			)
			select asked.id, stored.number, stored.created_at, stored.created_at + asked.deadline as deadline,
			  stored.distributions, stored.options, stored.labels, stored.warnings, stored.weight, known.run_id as known,
			  known.same, known.same_labels, known.same_deadline, coalesce(known.owner, removed.owner) as owner,
			  removed.client_token is not null as removed, ${told_within_limit} as within_limit
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
			) known on true
			left join lateral (
			  select client_token, owner from ${removed} and stored.run_id is null
			) removed on true""";

	private static final String REMOVED = """
			run_removed where client_token = asked.token and token_kept_until > engine_now()""";

	private static final String WITHIN_LIMIT = """
			(select at_most <= asked.most from raised where raised.owner = asked.owner) is not false""";

	private static final String ALONE_WITHIN_LIMIT = """
			(select at_most <= asked.most or run_within_limit(asked.token, asked.owner, asked.most)
			      from raised where raised.owner = asked.owner) is not false""";

	private static final String INSERT_OPEN = statement(Map.of("asked", ROWS.select("asked"), "warnings",
			TakenNames.warnings("asked", "cast(null as text)"), "told_within_limit", "true"),
			INSERT.lines().filter((line) -> !line.startsWith("+")));

	private static final String INSERT_OWNED = owned(WITHIN_LIMIT, "true");

	/** Inserts one run, and tells whether it is within its owner's limit. */
	private static final String INSERT_ALONE = owned(ALONE_WITHIN_LIMIT,
			"stored.run_id is not null or " + ALONE_WITHIN_LIMIT);

	private final JdbcClient jdbc;

	private final JsonMapper json;

	InsertStatement(JdbcClient jdbc, JsonMapper json) {
		this.jdbc = jdbc;
		this.json = json;
	}

	private static String owned(String withinLimit, String toldWithinLimit) {
		return statement(
				Map.of("asked", OWNED_ROWS.select("asked"), "warnings", TakenNames.warnings("asked", "asked.owner"),
						"within_limit", withinLimit, "told_within_limit", toldWithinLimit),
				INSERT.lines().map((line) -> line.startsWith("+") ? line.substring(1) : line));
	}

	private static String statement(Map<String, String> parts, Stream<String> lines) {
		Map<String, Object> ofAll = Map.of("weight", WEIGHT, "destination_weight", NewRun.DESTINATION_WEIGHT, "removed",
				REMOVED, "audited", AuditRows.insert("stored join asked on id = run_id", "stored.created_at"),
				"regions", RunRegions.noted("stored join asked on id = run_id"));
		return StatementText.of(lines.collect(Collectors.joining("\n")), ofAll, parts);
	}

	private static Function<Request, @Nullable Object> of(Function<RunInput, @Nullable Object> value) {
		return (request) -> value.apply(request.run().input());
	}

	/** Turns a request into a row. */
	Row row(Request request) {
		return new Row(request.id(), request.caller().owner(), OWNED_ROWS.texts(request, this.json));
	}

	/**
	 * Inserts runs unless their tokens already have some, or their owners have too many
	 * in flight. A run is missing from the results if its token's run was stored
	 * meanwhile.
	 */
	Map<UUID, InsertResult> carryOut(List<Row> runs) {
		Map<UUID, InsertResult> results = new HashMap<>();
		if (runs.stream().noneMatch((run) -> run.owner() != null)) {
			insert(INSERT_OPEN, parameters(ROWS, runs), results);
			return results;
		}
		insert(INSERT_OWNED, ownedParameters(runs), results);
		for (Row run : runs) {
			if (!results.containsKey(run.id())) {
				insert(INSERT_ALONE, ownedParameters(List.of(run)), results);
			}
		}
		return results;
	}

	/** Lets the database see the statements, with no rows to insert. */
	void rehearse() {
		insert(INSERT_OPEN, parameters(ROWS, List.of()), new HashMap<>());
		insert(INSERT_OWNED, ownedParameters(List.of()), new HashMap<>());
	}

	private void insert(String statement, Map<String, Object> parameters, Map<UUID, InsertResult> results) {
		this.jdbc.sql(statement).params(parameters).query((row) -> {
			InsertResult result = InsertResult.of(row);
			if (result != null) {
				results.put(row.getObject("id", UUID.class), result);
			}
		});
	}

	private static Map<String, Object> parameters(ArrayRows<Request> columns, List<Row> runs) {
		return columns.parameters(runs.stream().map(Row::texts).toList());
	}

	private static Map<String, Object> ownedParameters(List<Row> runs) {
		Map<String, Object> parameters = parameters(OWNED_ROWS, runs);
		parameters.put(RAISED_BY, raisedBy(runs));
		return parameters;
	}

	private static @Nullable String[] raisedBy(List<Row> runs) {
		Map<String, Long> runsOf = runs.stream()
			.map(Row::owner)
			.filter(Objects::nonNull)
			.collect(Collectors.groupingBy((owner) -> owner, Collectors.counting()));
		return runs.stream()
			.map(Row::owner)
			.map((owner) -> (owner != null) ? Objects.toString(runsOf.remove(owner), null) : null)
			.toArray(String[]::new);
	}

	/**
	 * A run's row of the statement.
	 *
	 * @param owner the run's owner; null where there was no sign-in
	 */
	record Row(UUID id, @Nullable String owner, Texts texts) {
	}

}
