package dev.distributeimage.run.intake;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import dev.distributeimage.run.postgres.ArrayRows.Column;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.postgres.ArrayRows;
import dev.distributeimage.run.postgres.Columns;
import dev.distributeimage.run.postgres.DatabaseFailures;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.run.view.StoredRun;
import dev.distributeimage.run.Term;

/**
 * Inserts new runs, each with what was asked for and its first events. Those that come
 * while others are being inserted wait for each other and go into one statement: most of
 * what a run costs is the statement's.
 */
@Component
class RunInserts {

	/** While one is carried out, the next is prepared and the one before answered. */
	static final int STATEMENTS_AT_ONCE = 2;

	private static final int MAX_GROUP = 100;

	/**
	 * So many runs are worth another statement beside one that is under way; fewer wait
	 * for its end, unless that takes long.
	 */
	static final int WORTH_ANOTHER = 8;

	static final Duration PATIENCE = Duration.ofMillis(10);

	/**
	 * What a statement takes at most, as far as its runs are to blame. Callers wait for
	 * the one before theirs as well, and are to be answered within 5 s.
	 */
	private static final Duration LONGEST_STATEMENT = Duration.ofMillis(250);

	/** Without the database both statements wait for a connection, for 2 s. */
	private static final Duration LONGEST_WAIT = Duration.ofMillis(1_500);

	/** The last statement counts for an eighth. */
	private static final int MEMORY = 8;

	private static final ArrayRows<Asked> ROWS = new ArrayRows<>(List.of(new Column<Asked>("id", "uuid", Asked::id),
			new Column<Asked>("token", "text", Asked::token),
			new Column<Asked>("deadline", "interval", Asked::deadline),
			new Column<Asked>("name", "text", (asked) -> asked.run().distributionName()),
			new Column<Asked>("distributions", "jsonb", (asked) -> asked.run().distributions()),
			new Column<Asked>("recipe", "text", (asked) -> asked.run().imageRecipeArn()),
			new Column<Asked>("infrastructure", "text", (asked) -> asked.run().infrastructureConfigurationArn()),
			new Column<Asked>("expected_arn", "text", (asked) -> asked.run().distributionConfigurationArnExpected()),
			new Column<Asked>("labels", "jsonb", (asked) -> asked.run().labels()),
			new Column<Asked>("terms", "jsonb", (asked) -> Term.of(asked.run()).stream().map(Term::text).toList()),
			new Column<Asked>("deadline_after", "interval", (asked) -> asked.run().deadline()),
			new Column<Asked>("region", "text", (asked) -> asked.run().region()),
			new Column<Asked>("account", "text", (asked) -> asked.run().account())));

	// The token's unique index makes equal requests queue up behind the first; in the
	// order of tokens, so that no two groups wait for each other. run is filled from what
	// was really inserted into run_input: nothing, if the token was there.
	private static final String INSERT = """
			with asked as (
			  %s
			), stored as (
			  insert into run_input (run_id, distribution_name, distributions, image_recipe_arn,
			    infrastructure_configuration_arn, client_token, distribution_configuration_arn_expected, labels,
			    deadline_after, created_at)
			  select id, name, distributions, recipe, infrastructure, token, expected_arn, labels, deadline_after,
			    engine_now()
			  from asked
			  order by token
			  on conflict (client_token) do nothing
			  returning run_id, number, client_token, created_at, distributions, labels
			), accepted as (
			  insert into run (id, number, region, account, next_attempt_at, deadline, last_event,
			    create_distribution_configuration_token, create_image_token, created_at, updated_at)
			  select run_id, number, region, account, created_at, created_at + deadline, 2, client_token, client_token,
			    created_at, created_at
			  from stored join asked on id = run_id
			  returning id, deadline
			), listed as (
			  insert into run_term (term, number)
			  select term, number
			  from stored join asked on id = run_id cross join jsonb_array_elements_text(terms) as term
			), noted as (
			  insert into run_region (region)
			  select distinct region from stored join asked on id = run_id
			  on conflict do nothing
			), begun as (
			  insert into run_event (number, sequence, at, type, step, detail)
			  select number, sequence, created_at, type, 'createDistributionConfiguration', '{}'
			  from stored, (values (1, cast('ACCEPTED' as event_type)), (2, 'STEP_BEGUN')) event (sequence, type)
			)
			select id, number, created_at, deadline, distributions, labels
			from accepted join stored on run_id = id""".formatted(ROWS.select("asked"));

	private final Queue<Pending> waiting = new ConcurrentLinkedQueue<>();

	private final Semaphore statements = new Semaphore(STATEMENTS_AT_ONCE);

	private final JdbcClient jdbc;

	private final JsonMapper json;

	private final Executor executor;

	private final LongSupplier nanoTime;

	private final Duration patience;

	private final Turns turns;

	/** How long a statement takes lately for each of its runs. */
	private final AtomicLong nanosPerRun = new AtomicLong();

	@Autowired
	RunInserts(JdbcClient jdbc, JsonMapper json, Turns turns, Executor runInsertsExecutor) {
		this(jdbc, json, turns, runInsertsExecutor, System::nanoTime, PATIENCE);
	}

	RunInserts(JdbcClient jdbc, JsonMapper json, Turns turns, Executor executor, LongSupplier nanoTime,
			Duration patience) {
		this.jdbc = jdbc;
		this.json = json;
		this.turns = turns;
		this.executor = executor;
		this.nanoTime = nanoTime;
		this.patience = patience;
	}

	/**
	 * Inserts a run, unless its token has one already.
	 * @return the run, or nothing
	 * @throws OutcomeUnknownException if it may be stored
	 * @throws DataAccessException if it is not
	 */
	Optional<StoredRun> insert(Asked asked) {
		Pending pending = new Pending(asked, this.nanoTime.getAsLong(), new CompletableFuture<>());
		this.waiting.add(pending);
		if (mayBegin()) {
			insertNextGroup();
			leaveTheRest();
		}
		beginOnceThereIsRoom(pending);
		try {
			return pending.result().join();
		}
		catch (CompletionException ex) {
			throw (ex.getCause() instanceof RuntimeException cause) ? cause : ex;
		}
	}

	// Whoever is under way looks again at what waits when it is through.
	private boolean mayBegin() {
		boolean others = this.statements.availablePermits() < STATEMENTS_AT_ONCE;
		return !this.waiting.isEmpty() && (!others || this.waiting.size() >= WORTH_ANOTHER)
				&& this.statements.tryAcquire();
	}

	// The statement that it waits for may take long, and another one may end meanwhile.
	private void beginOnceThereIsRoom(Pending pending) {
		for (long nanos = this.patience.toNanos(); !isDoneWithin(nanos, pending); nanos *= 2) {
			if (this.statements.tryAcquire()) {
				insertNextGroup();
				leaveTheRest();
			}
		}
	}

	private static boolean isDoneWithin(long nanos, Pending pending) {
		try {
			pending.result().get(nanos, TimeUnit.NANOSECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (ExecutionException ex) {
			return true;
		}
		catch (InterruptedException ex) {
			// What is under way is waited for all the same.
			Thread.currentThread().interrupt();
			return true;
		}
	}

	/** How many runs wait for a statement. */
	int waiting() {
		return this.waiting.size();
	}

	// Whoever came meanwhile must neither keep this thread nor wait for it.
	private void leaveTheRest() {
		this.statements.release();
		if (!mayBegin()) {
			return;
		}
		try {
			this.executor.execute(this::insertWhatWaits);
		}
		catch (RejectedExecutionException ex) {
			// The service stops: these are the last.
			insertWhatWaits();
		}
	}

	private void insertWhatWaits() {
		do {
			insertNextGroup();
			this.statements.release();
		}
		while (mayBegin());
	}

	// Who comes while the statement waits for its turn still goes along.
	private void insertNextGroup() {
		if (this.waiting.isEmpty()) {
			return;
		}
		try {
			this.turns.takeTogether(STATEMENTS_AT_ONCE, () -> {
				List<Pending> group = nextGroup();
				timed(group);
				return group.size();
			});
		}
		catch (TurnRefusedException ex) {
			for (Pending next = this.waiting.poll(); next != null; next = this.waiting.poll()) {
				next.result().completeExceptionally(ex);
			}
		}
	}

	private List<Pending> nextGroup() {
		long most = Math.min(MAX_GROUP, LONGEST_STATEMENT.toNanos() / Math.max(1, this.nanosPerRun.get()));
		List<Pending> group = new ArrayList<>();
		for (Pending next = this.waiting.poll(); next != null; next = (group.size() < most) ? this.waiting.poll()
				: null) {
			if (this.nanoTime.getAsLong() - next.since() > LONGEST_WAIT.toNanos()) {
				next.result().completeExceptionally(new TurnRefusedException());
			}
			else {
				group.add(next);
			}
		}
		return group;
	}

	private void timed(List<Pending> group) {
		if (!group.isEmpty()) {
			long begun = this.nanoTime.getAsLong();
			insert(group);
			long each = (this.nanoTime.getAsLong() - begun) / group.size();
			this.nanosPerRun.updateAndGet((lately) -> lately + (each - lately) / MEMORY);
		}
	}

	// What may be one request's fault must not be that of the others.
	private void insert(List<Pending> group) {
		try {
			Map<UUID, StoredRun> inserted = OutcomeUnknownException.unlessDefinite(() -> inserted(group));
			group.forEach((one) -> one.result().complete(Optional.ofNullable(inserted.get(one.asked().id()))));
		}
		catch (Throwable ex) {
			if (group.size() > 1 && !(ex instanceof OutcomeUnknownException) && !DatabaseFailures.isPassing(ex)) {
				group.forEach((one) -> insert(List.of(one)));
			}
			else {
				group.forEach((one) -> one.result().completeExceptionally(ex));
			}
		}
	}

	private Map<UUID, StoredRun> inserted(List<Pending> group) {
		Map<UUID, Asked> asked = new HashMap<>();
		group.forEach((one) -> asked.put(one.asked().id(), one.asked()));
		Map<UUID, StoredRun> inserted = new HashMap<>();
		this.jdbc.sql(INSERT)
			.params(ROWS.parameters(group.stream().map(Pending::asked).toList(), this.json))
			.query((row) -> {
				UUID id = row.getObject("id", UUID.class);
				inserted.put(id, stored(row, Objects.requireNonNull(asked.get(id))));
			});
		return inserted;
	}

	// As it will be read later, with the members in the database's order.
	private StoredRun stored(ResultSet row, Asked asked) throws SQLException {
		NewRun stored = asked.run()
			.with(this.json.readTree(row.getString("distributions")),
					this.json.readValue(row.getString("labels"), RunInput.LABELS));
		RunInput input = RunInput.of(asked.id(), asked.token(), stored, Columns.time(row, "created_at"));
		Run run = Run.accepted(input, row.getLong("number"), Columns.time(row, "deadline"));
		return new StoredRun(run, input, run.createdAt());
	}

	/**
	 * A run to be inserted.
	 *
	 * @param token its client token, the caller's or its own
	 * @param deadline how long it may take
	 */
	record Asked(UUID id, String token, NewRun run, Duration deadline) {
	}

	private record Pending(Asked asked, long since, CompletableFuture<Optional<StoredRun>> result) {
	}

}
