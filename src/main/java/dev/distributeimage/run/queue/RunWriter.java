package dev.distributeimage.run.queue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;

import dev.distributeimage.audit.AuditEvent;
import dev.distributeimage.run.LastImage;
import dev.distributeimage.run.postgres.Batches;
import dev.distributeimage.run.postgres.Batches.Item;
import dev.distributeimage.run.postgres.Batches.Limit;
import dev.distributeimage.run.postgres.DatabaseFailures;
import dev.distributeimage.run.queue.OutcomeStatements.Written;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Stores changed runs, for workers and for callers. Inserts, claims, removals and
 * requests to cancel have their own statements.
 * <p>
 * Workers' outcomes are written by group commit: one statement stores a single outcome
 * when idle and hundreds under load, together with their events. An outcome is stored
 * only if the run still has the version of the claim, the fencing token. After a
 * transient failure, such as a lost connection, the group is repeated until half of the
 * lease is left, and an outcome that was stored before its answer was lost is recognized.
 * If a group fails for any other reason, its outcomes are written one by one.
 */
@Component
public class RunWriter {

	/** Limits the size of the statement, not the throughput. */
	private static final int MAX_GROUP = 500;

	/**
	 * The bytes of images with which a group is full: a statement takes several times as
	 * much memory.
	 */
	private static final long HEAVIEST_GROUP = 4 * 1024 * 1024;

	private static final Duration PAUSE_BETWEEN_REPEATS = Duration.ofMillis(100);

	private static final Logger logger = LoggerFactory.getLogger(RunWriter.class);

	private final Batches<Claim, Optional<Claim>> batches;

	private final OutcomeStatements statements;

	private final Counter refused;

	/**
	 * Creates the writer.
	 * @param runWriterExecutor runs the writes of workers' outcomes, one at a time
	 */
	public RunWriter(JdbcClient jdbc, JsonMapper json, MeterRegistry metrics, Executor runWriterExecutor,
			CleanupSettings cleanup) {
		this.statements = new OutcomeStatements(jdbc, json, cleanup.removesAfterSuccess());
		this.batches = new Batches<>(new Limit<>(MAX_GROUP, RunWriter::weight, HEAVIEST_GROUP), runWriterExecutor,
				this::write);
		this.refused = Counter.builder("distribute.image.writes.refused")
			.description("Outcomes refused because their lease had passed to another worker")
			.register(metrics);
	}

	private static long weight(Claim claim) {
		LastImage last = claim.run().image().last();
		return (last != null && last.unstored() != null) ? last.unstored().weight() : 0;
	}

	/**
	 * Stores the outcome of a claim. The future holds the claim, renewed if the run
	 * continues at once. It is empty, with nothing left to do, if the lease had passed to
	 * another worker or the database was away for too long. It fails if the database
	 * refuses the outcome itself.
	 */
	public CompletableFuture<Optional<Claim>> write(Claim claim) {
		return this.batches.add(claim).result();
	}

	/**
	 * Stores a run that a caller's request has changed and no worker holds.
	 * @param event the record of the request
	 * @param most the maximum number of runs in flight of the run's owner, this one
	 * included; null for no limit
	 * @return whether the run still had the version that was read, and was within the
	 * limit
	 */
	boolean write(StoredRun stored, AuditEvent event, @Nullable Integer most) {
		return this.statements.writeRequest(new Outcome(stored.run(), stored.version(), false), event, most);
	}

	private void write(List<Item<Claim, Optional<Claim>>> group) {
		try {
			write(group, System.nanoTime(), false);
		}
		catch (Throwable ex) {
			logger.error("{} outcomes could not be stored", group.size(), ex);
			throw ex;
		}
	}

	// The leases of a repeated group count from the first attempt, which may have stored
	// it.
	private void write(List<Item<Claim, Optional<Claim>>> group, long firstSentAt, boolean repeated) {
		long sentAt = System.nanoTime();
		try {
			Duration lease = group.get(0).value().lease().duration();
			complete(group, this.statements.write(outcomes(group), lease), sentAt);
			if (repeated) {
				complete(rest(group), this.statements.writtenBefore(outcomes(rest(group))), firstSentAt);
			}
			rest(group).forEach(this::refuse);
		}
		catch (RuntimeException ex) {
			if (DatabaseFailures.isTransient(ex)) {
				repeat(group, firstSentAt, repeated, ex);
			}
			else {
				writeOneByOne(group, firstSentAt, ex);
			}
		}
	}

	// A group that fails twice may be too large for the statement timeout, so it is
	// halved.
	private void repeat(List<Item<Claim, Optional<Claim>>> group, long firstSentAt, boolean repeated,
			RuntimeException ex) {
		dropLate(group, ex);
		List<Item<Claim, Optional<Claim>>> rest = rest(group);
		if (rest.isEmpty()) {
			return;
		}
		LockSupport.parkNanos(PAUSE_BETWEEN_REPEATS.toNanos());
		int half = (repeated && rest.size() > 1) ? rest.size() / 2 : rest.size();
		write(rest.subList(0, half), firstSentAt, true);
		if (half < rest.size()) {
			write(rest.subList(half, rest.size()), firstSentAt, true);
		}
	}

	// One of the group's statements may have been carried out.
	private void writeOneByOne(List<Item<Claim, Optional<Claim>>> group, long firstSentAt, RuntimeException ex) {
		if (group.size() == 1) {
			group.get(0).result().completeExceptionally(ex);
			return;
		}
		rest(group).forEach((one) -> write(List.of(one), firstSentAt, true));
	}

	private static List<Item<Claim, Optional<Claim>>> rest(List<Item<Claim, Optional<Claim>>> group) {
		return group.stream().filter((one) -> !one.result().isDone()).toList();
	}

	private static List<Outcome> outcomes(List<Item<Claim, Optional<Claim>>> group) {
		return group.stream().map((one) -> Outcome.of(one.value())).toList();
	}

	private static void complete(List<Item<Claim, Optional<Claim>>> group, Map<UUID, Written> written, long sentAt) {
		for (Item<Claim, Optional<Claim>> one : group) {
			Claim claim = one.value();
			Written row = written.get(claim.run().id());
			if (row != null) {
				claim.run().stored(row.cancelRequestedAt(), row.cancelToken());
				one.result()
					.complete(
							Optional.of(claim.renewed(row.version(), row.at(), sentAt).named(row.distributionName())));
			}
		}
	}

	private void refuse(Item<Claim, Optional<Claim>> one) {
		this.refused.increment();
		logger.debug("The lease of run {} had passed to another worker; its outcome was dropped",
				one.value().run().id());
		one.result().complete(Optional.empty());
	}

	private static void dropLate(List<Item<Claim, Optional<Claim>>> group, RuntimeException ex) {
		for (Item<Claim, Optional<Claim>> one : rest(group)) {
			if (!one.value().hasTimeToReport()) {
				logger.warn(
						"The outcome of run {} was not stored in time; the run falls due again when its lease expires: {}",
						one.value().run().id(), ex.getMessage());
				one.result().complete(Optional.empty());
			}
		}
	}

}
