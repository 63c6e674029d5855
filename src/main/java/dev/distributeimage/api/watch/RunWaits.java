package dev.distributeimage.api.watch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.wire.ResponseMemory.Share;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.view.RunProgress;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import org.jspecify.annotations.Nullable;

import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.async.DeferredResult;

/**
 * Long polling: requests that are answered once something has happened to a run, or after
 * a time. A waiting request holds neither a thread nor a database connection, and of its
 * run only what tells whether it has changed.
 */
@Component
public class RunWaits implements RunListener {

	/** The time after the longest wait at which the container answers instead. */
	private static final Duration GRACE = Duration.ofSeconds(30);

	/** The maximum weight of runs read at once, in bytes. */
	private static final long READ_AT_ONCE = 4 * 1024 * 1024;

	private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();

	private final RunSnapshots runs;

	private final OpenRequests open;

	private volatile boolean stopping;

	RunWaits(RunSnapshots runs, OpenRequests open) {
		this.runs = runs;
		this.open = open;
	}

	/**
	 * Lets a request wait, for as long as its token is valid.
	 * @throws ProblemException if too many wait already
	 */
	public DeferredResult<ResponseEntity<Object>> begin(Wait wait, Caller caller) {
		this.open.begin(caller);
		wait.memory().release();
		Duration longest = this.open.timeLeft(caller)
			.filter((left) -> left.compareTo(wait.longest()) < 0)
			.orElse(wait.longest());
		Waiting begun = new Waiting(wait, longest, caller);
		begun.result.onCompletion(() -> {
			forget(begun);
			wait.memory().close();
		});
		this.waiting.add(begun);
		if (this.stopping) {
			answer(List.of(begun));
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

	private boolean forget(Waiting one) {
		boolean known = this.waiting.remove(one);
		if (known) {
			this.open.end(one.caller);
		}
		return known;
	}

	// Runs are read in parts, because a thousand requests may wait for a heavy run each.
	private void answer(Collection<Waiting> ready) {
		Map<UUID, List<Waiting>> part = new HashMap<>();
		long weight = 0;
		for (Waiting one : ready) {
			if (forget(one) && one.hasMemory()) {
				weight += part.containsKey(one.run()) ? 0 : one.wait.weight();
				if (weight > READ_AT_ONCE) {
					read(part);
					part.clear();
					weight = one.wait.weight();
				}
				part.computeIfAbsent(one.run(), (run) -> new ArrayList<>()).add(one);
			}
		}
		read(part);
	}

	private void read(Map<UUID, List<Waiting>> part) {
		if (part.isEmpty()) {
			return;
		}
		try {
			Map<UUID, RunSnapshot> found = new HashMap<>();
			this.runs.findByIds(part.keySet().toArray(UUID[]::new)).forEach((run) -> found.put(run.id(), run));
			part.forEach((id, waiting) -> waiting.forEach((one) -> one.answer(found.get(id))));
		}
		catch (RuntimeException ex) {
			part.values().forEach((waiting) -> waiting.forEach((one) -> one.fail(ex)));
		}
	}

	/**
	 * A request to wait.
	 *
	 * @param weight the run's weight
	 * @param memory the memory of the response
	 * @param longest the maximum wait
	 * @param until ends the wait
	 * @param response makes the response at the end of the wait
	 */
	public record Wait(UUID run, long weight, Share memory, Duration longest, Predicate<RunProgress> until,
			WaitResponse response) {
	}

	/** Makes the response to a request that has waited. */
	public interface WaitResponse {

		/** The response that shows the run. */
		ResponseEntity<Object> of(RunSnapshot run);

		/** The failure to answer with if the run cannot be shown. */
		RuntimeException failed(RuntimeException cause);

	}

	/** A waiting request. */
	private static final class Waiting {

		private final Wait wait;

		private final Caller caller;

		private final long endsAt;

		private final DeferredResult<ResponseEntity<Object>> result;

		Waiting(Wait wait, Duration longest, Caller caller) {
			this.wait = wait;
			this.caller = caller;
			this.endsAt = System.nanoTime() + longest.toNanos();
			this.result = new DeferredResult<>(wait.longest().plus(GRACE).toMillis());
		}

		UUID run() {
			return this.wait.run();
		}

		/** Takes the memory for the response, or answers that there is none. */
		boolean hasMemory() {
			try {
				this.wait.memory().requireToMake(this.wait.weight());
				return true;
			}
			catch (ProblemException ex) {
				fail(ex);
				return false;
			}
		}

		void answer(@Nullable RunSnapshot run) {
			if (run != null) {
				this.result.setResult(this.wait.response().of(run));
			}
			else {
				fail(new ProblemException(ProblemType.NOT_FOUND, "The run does not exist any more."));
			}
		}

		void fail(RuntimeException cause) {
			this.result.setErrorResult(this.wait.response().failed(cause));
		}

	}

}
