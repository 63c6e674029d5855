package dev.distributeimage.audit;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

/** Stores records every second, and removes old ones every day. */
@Component
class AuditSchedule implements DisposableBean {

	private static final Duration BATCH = Duration.ofSeconds(1);

	/** A service that is restarted every night must remove some, too. */
	private static final Duration FIRST_REMOVAL = Duration.ofMinutes(5);

	private static final Duration REMOVAL = Duration.ofDays(1);

	private static final Logger logger = LoggerFactory.getLogger(AuditSchedule.class);

	private final AuditTrail trail;

	private final AuditTable table;

	private final AuditSettings settings;

	private final ScheduledExecutorService thread = Executors
		.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("audit-"));

	private boolean begun;

	AuditSchedule(AuditTrail trail, AuditTable table, AuditSettings settings) {
		this.trail = trail;
		this.table = table;
		this.settings = settings;
	}

	// The management port has a context of its own, which is refreshed too.
	@EventListener(ContextRefreshedEvent.class)
	void begin() {
		if (!this.begun) {
			this.begun = true;
			every(BATCH, BATCH, this.trail::store);
			every(FIRST_REMOVAL, REMOVAL, this::removeOld);
		}
	}

	private void every(Duration first, Duration period, Runnable task) {
		var unused = this.thread.scheduleWithFixedDelay(() -> attempt(task), first.toMillis(), period.toMillis(),
				TimeUnit.MILLISECONDS);
	}

	// A task that throws would be the last of its kind.
	private static void attempt(Runnable task) {
		try {
			task.run();
		}
		catch (RuntimeException ex) {
			logger.warn("The audit could not be kept up; it is tried again", ex);
		}
	}

	/** Removes the records that are too old, in portions that take little time. */
	void removeOld() {
		int removed = 0;
		for (int some = removeSome(); some > 0; some = removeSome()) {
			removed += some;
		}
		if (removed > 0) {
			logger.info("Removed {} records of the audit that were older than {} days", removed,
					this.settings.keep().toDays());
		}
	}

	private int removeSome() {
		return this.table.remove(this.settings.keep());
	}

	@Override
	public void destroy() throws InterruptedException {
		this.thread.shutdownNow();
		this.thread.awaitTermination(5, TimeUnit.SECONDS);
		this.trail.close();
	}

}
