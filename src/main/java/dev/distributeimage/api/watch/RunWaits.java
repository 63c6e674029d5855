package dev.distributeimage.api.watch;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.distributeimage.run.view.RunProgress;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Long polling: requests that are answered once something has happened to a run, or after
 * a time. A waiting request holds neither a thread nor a database connection.
 */
@Component
public class RunWaits implements RunListener {

	/** The time after the longest wait at which the container answers instead. */
	private static final Duration GRACE = Duration.ofSeconds(30);

	private static final Logger logger = LoggerFactory.getLogger(RunWaits.class);

	private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

	private final RunSnapshots runs;

	private volatile boolean stopping;

	RunWaits(RunSnapshots runs) {
		this.runs = runs;
	}

	/** Lets a request wait, unless the wait is over already. */
	public DeferredResult<ResponseEntity<Object>> begin(Wait wait) {
		Waiting begun = new Waiting(wait);
		if (wait.until().test(wait.known().progress())) {
			begun.answer(wait.known());
			return begun.result;
		}
		begun.result.onCompletion(() -> this.waiting.remove(begun));
		this.waiting.add(begun);
		if (this.stopping) {
			begun.answer(wait.known());
		}
		return begun.result;
	}

	/** The number of waiting requests. */
	public int count() {
		return this.waiting.size();
	}

	@Override
	public void started() {
		this.stopping = false;
	}

	@Override
	public Set<UUID> runs() {
		return this.waiting.stream().map(Waiting::run).collect(Collectors.toSet());
	}

	@Override
	public void progress(Set<UUID> asked, Map<UUID, RunProgress> found) {
		answer(this.waiting.stream().filter((one) -> {
			RunProgress progress = found.get(one.run());
			return (progress != null) ? one.wait.until().test(progress) : asked.contains(one.run());
		}).toList());
	}

	@Override
	public void tick() {
		long now = System.nanoTime();
		answer(this.waiting.stream().filter((one) -> one.endsAt - now <= 0).toList());
	}

	@Override
	public void stopped() {
		this.stopping = true;
		answer(List.copyOf(this.waiting));
	}

	private void answer(Collection<Waiting> ready) {
		if (ready.isEmpty()) {
			return;
		}
		ready.forEach(this.waiting::remove);
		Map<UUID, RunSnapshot> runs = stored(ready.stream().map(Waiting::run).collect(Collectors.toSet()));
		ready.forEach((one) -> one.answer(runs.getOrDefault(one.run(), one.wait.known())));
	}

	// Without the database, the answer is what was known when the request arrived.
	private Map<UUID, RunSnapshot> stored(Set<UUID> ids) {
		Map<UUID, RunSnapshot> runs = new HashMap<>();
		try {
			this.runs.findByIds(ids.toArray(UUID[]::new)).forEach((run) -> runs.put(run.id(), run));
		}
		catch (RuntimeException ex) {
			logger.warn("The database failed; waiting requests are answered with what was known before: {}",
					ex.getMessage());
		}
		return runs;
	}

	/**
	 * A request to wait.
	 *
	 * @param known the run when the request arrived
	 * @param longest the maximum wait
	 * @param until ends the wait
	 * @param response makes the response from the run at the end of the wait
	 */
	public record Wait(RunSnapshot known, Duration longest, Predicate<RunProgress> until,
			Function<RunSnapshot, ResponseEntity<Object>> response) {
	}

	/** A waiting request. */
	private static final class Waiting {

		private final Wait wait;

		private final long endsAt;

		private final DeferredResult<ResponseEntity<Object>> result;

		Waiting(Wait wait) {
			this.wait = wait;
			this.endsAt = System.nanoTime() + wait.longest().toNanos();
			this.result = new DeferredResult<>(wait.longest().plus(GRACE).toMillis());
		}

		UUID run() {
			return this.wait.known().id();
		}

		void answer(RunSnapshot run) {
			this.result.setResult(this.wait.response().apply(run));
		}

	}

}
