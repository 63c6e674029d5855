package dev.distributeimage.audit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

import dev.distributeimage.caller.Requester;
import dev.distributeimage.run.postgres.DatabaseFailures;
import io.github.bucket4j.Bucket;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Records events. Changes of runs are in the table already and go to the log only. All
 * others go to the log at once, and to the table in batches: a sender who is refused
 * waits for no database. Of an owner beyond a limit, {@link LimitRefusals} keeps a sum,
 * which follows with the batch. While the database is away records wait here, as many as
 * there is room for, of which refusals leave half to others; the log has them all. An
 * answer that is lost may leave a record twice.
 */
@Component
public class AuditTrail {

	/** Records that may wait for the table. */
	static final int MOST_WAITING = 20_000;

	private static final int MOST_AT_ONCE = 1_000;

	private static final String RECORDED = AuditTrail.class.getName() + ".recorded";

	private static final Logger logger = LoggerFactory.getLogger(AuditTrail.class);

	private final AuditLog log;

	private final AuditTable table;

	private final Counter dropped;

	private final BlockingQueue<Waiting> waiting = new ArrayBlockingQueue<>(MOST_WAITING);

	/**
	 * A burst of strangers is recorded whole, and a flood of 400 days, at half a kilobyte
	 * a record, takes 17 GB.
	 */
	private final Bucket strangers = Bucket.builder()
		.addLimit((limit) -> limit.capacity(10_000).refillGreedy(1, Duration.ofSeconds(1)))
		.build();

	private final LimitRefusals limits = new LimitRefusals();

	/** The beginning of the next batch, since the last one was not stored. */
	private final List<Waiting> left = new ArrayList<>();

	AuditTrail(AuditLog log, AuditTable table, MeterRegistry metrics) {
		this.log = log;
		this.table = table;
		this.dropped = Counter.builder("distribute.image.audit.dropped")
			.description("Records that are in the log and not in the table")
			.register(metrics);
	}

	/**
	 * A record that waits for the table.
	 *
	 * @param since by {@link System#nanoTime()}
	 */
	record Waiting(AuditEvent event, long since) {

		Duration age() {
			return Duration.ofNanos(System.nanoTime() - this.since);
		}

	}

	@EventListener
	void changed(StoredChange change) {
		this.log.write(change.event());
	}

	/** Records a request that was refused. Other errors are none of a caller's rights. */
	@EventListener
	void failed(RequestFailed failed) {
		HttpServletRequest request = failed.request();
		AuditedAction action = switch (failed.status()) {
			case 401 -> AuditedAction.AUTHENTICATION;
			// Only a request with two tokens is refused so.
			case 400 -> (failed.brokenRule() != null) ? AuditedAction.AUTHENTICATION : null;
			case 403, 421 -> AuditedAction.AUTHORIZATION;
			case 429 -> AuditedAction.LIMIT;
			default -> null;
		};
		// An answer without a body passes here twice.
		if (action != null && request.getAttribute(RECORDED) == null) {
			request.setAttribute(RECORDED, true);
			note(new AuditEvent(action, failed.brokenRule(), Requester.of(request), RequestedPath.run(request),
					failed.status(), AuditedInputs.of(request)));
		}
	}

	/** Records what changed no run. */
	public void note(AuditEvent event) {
		if (event.action() != AuditedAction.LIMIT || this.limits.take(event)) {
			record(event);
		}
	}

	private void record(AuditEvent event) {
		this.log.write(event);
		boolean taken = (!event.isOfAStranger() || this.strangers.tryConsume(1)) && hasRoom(event)
				&& this.waiting.offer(new Waiting(event, System.nanoTime()));
		if (!taken) {
			this.dropped.increment();
		}
	}

	private boolean hasRoom(AuditEvent event) {
		return event.action().isAllowed() || this.waiting.size() < MOST_WAITING / 2;
	}

	/** Stores what waits, and tells what was left out. */
	synchronized void store() {
		this.log.endSecond();
		this.limits.drain().forEach(this::record);
		do {
			this.waiting.drainTo(this.left, MOST_AT_ONCE - this.left.size());
		}
		while (!this.left.isEmpty() && isStored());
	}

	private boolean isStored() {
		try {
			this.table.insert(this.left);
		}
		catch (RuntimeException ex) {
			if (DatabaseFailures.isTransient(ex)) {
				logger.debug("Records wait for the database", ex);
				return false;
			}
			storeOneByOne(ex);
		}
		this.left.clear();
		return true;
	}

	private void storeOneByOne(RuntimeException reason) {
		logger.warn("Records were refused by the database, and are tried one by one", reason);
		for (Waiting one : this.left) {
			try {
				this.table.insert(List.of(one));
			}
			catch (RuntimeException ex) {
				this.dropped.increment();
			}
		}
	}

	/** Stores what waits, or gives it up. */
	void close() {
		store();
		int lost = this.left.size() + this.waiting.size();
		if (lost > 0) {
			this.dropped.increment(lost);
			logger.warn("{} records are in the log and not in the table", lost);
		}
	}

}
