package dev.distributeimage.audit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Bounds what an owner beyond a limit writes, which may send requests as fast as it can:
 * between two batches, a few refusals have a record each, and all others one together.
 */
final class LimitRefusals {

	/** Records of its own that an owner has between two batches, for each limit. */
	static final int OF_THEIR_OWN = 10;

	private final Map<Key, Refusals> refusals = new HashMap<>();

	/** Counts a refusal, and tells whether it has a record of its own. */
	synchronized boolean take(AuditEvent event) {
		return this.refusals
			.computeIfAbsent(new Key(event.by().caller().owner(), event.rule()), (key) -> new Refusals())
			.take(event);
	}

	/** Begins again, and returns a record for each owner and limit that had too many. */
	synchronized List<AuditEvent> drain() {
		List<AuditEvent> others = this.refusals.values()
			.stream()
			.filter((some) -> some.more > 0)
			.map((some) -> Objects.requireNonNull(some.last).standingFor(some.more))
			.toList();
		this.refusals.clear();
		return others;
	}

	private record Key(@Nullable String owner, @Nullable String limit) {
	}

	/** The refusals of an owner by a limit. */
	private static final class Refusals {

		private int recorded;

		private int more;

		private @Nullable AuditEvent last;

		boolean take(AuditEvent event) {
			if (this.recorded < OF_THEIR_OWN) {
				this.recorded++;
				return true;
			}
			this.more++;
			this.last = event;
			return false;
		}

	}

}
