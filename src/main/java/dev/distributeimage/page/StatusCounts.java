package dev.distributeimage.page;

import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.distributeimage.api.OwnedRuns;
import dev.distributeimage.api.RequestLimiter;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.view.RunFilter;
import dev.distributeimage.run.view.RunSearch;
import dev.distributeimage.run.view.SearchTimeoutException;

import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/**
 * Counts the runs that a caller may see, by status, as far as people can take in. All
 * that look at the page within two seconds see one count.
 */
@Component
@Conditional(PageServed.class)
class StatusCounts {

	private static final int MOST = 1_000;

	private static final int MOST_OWNERS = 1_000;

	private final RunSearch search;

	private final OwnedRuns owned;

	private final RequestLimiter limiter;

	private final Cache<Optional<String>, Map<RunStatus, String>> counts = Caffeine.newBuilder()
		.maximumSize(MOST_OWNERS)
		.expireAfterWrite(Duration.ofSeconds(2))
		.build();

	StatusCounts(RunSearch search, OwnedRuns owned, RequestLimiter limiter) {
		this.search = search;
		this.owned = owned;
		this.limiter = limiter;
	}

	/** A count for each status; {@code 999+} at most, and empty if it took too long. */
	Map<RunStatus, String> of(Caller caller) {
		return this.counts.get(this.owned.onlyOwner(caller), this::counted);
	}

	private Map<RunStatus, String> counted(Optional<String> owner) {
		Map<RunStatus, String> all = new EnumMap<>(RunStatus.class);
		for (RunStatus status : RunStatus.values()) {
			RunFilter filter = new RunFilter(EnumSet.of(status), List.of(), null, null);
			long count = this.limiter.limited(() -> counted(owner.map(filter::ofOwner).orElse(filter)));
			all.put(status, (count < 0) ? "" : (count < MOST) ? Long.toString(count) : (MOST - 1) + "+");
		}
		return all;
	}

	private long counted(RunFilter filter) {
		try {
			return this.search.count(filter, MOST);
		}
		catch (SearchTimeoutException ex) {
			return -1;
		}
	}

}
