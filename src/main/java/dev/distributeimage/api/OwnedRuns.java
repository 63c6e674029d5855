package dev.distributeimage.api;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.api.wire.ResponseMemory;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Scope;
import dev.distributeimage.run.view.RunOutline;
import dev.distributeimage.run.view.RunSnapshots;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Tells which runs a caller may see and change. An owner never changes, so it may be
 * looked at before the run is.
 */
@Component
public class OwnedRuns {

	private static final String FORBIDDEN = "The run belongs to another owner: this takes the scope %s, which the caller does not have."
		.formatted(Scope.OPERATE);

	private final RunSnapshots runs;

	private final boolean isolate;

	OwnedRuns(RunSnapshots runs, IsolationSettings settings) {
		this.runs = runs;
		this.isolate = settings.isolate();
	}

	/** The only owner whose runs the caller sees; empty if it sees all. */
	public Optional<String> onlyOwner(Caller caller) {
		return this.isolate ? Optional.ofNullable(caller.owner()) : Optional.empty();
	}

	/** Whether callers see the runs of their owners only. */
	public boolean isolate() {
		return this.isolate;
	}

	/** Whether the caller may read the runs of an owner. */
	boolean mayRead(Caller caller, @Nullable String owner) {
		return caller.has(Scope.READ) && isVisible(caller, owner);
	}

	/**
	 * Ends a request for a run that the caller must not know of.
	 * @throws ProblemException as if there were no such run
	 */
	void requireVisible(Caller caller, @Nullable String owner) {
		if (!isVisible(caller, owner)) {
			throw RunPath.notFound();
		}
	}

	/**
	 * Ends a request for what is told of a run that the caller must not know of. The run
	 * is looked at only if there may be such runs.
	 * @throws ProblemException as if there were no such run
	 */
	void requireVisible(Caller caller, UUID run) {
		if (onlyOwner(caller).isPresent()) {
			requireVisible(caller, this.runs.outline(run).orElseThrow(RunPath::notFound).owner());
		}
	}

	/**
	 * The id in the path of a request that changes a run, and is answered with it. The
	 * memory for the answer is taken now: once the run is changed, it is too late for a
	 * refusal.
	 * @throws ProblemException if there is no such run, or the caller may not change it
	 */
	UUID toChange(String id, HttpServletRequest request) {
		UUID run = RunPath.id(id);
		RunOutline outline = this.runs.outline(run).orElseThrow(RunPath::notFound);
		requireChangeable(Caller.of(request), outline.owner());
		ResponseMemory.of(request).requireToMake(outline.weight());
		return run;
	}

	private void requireChangeable(Caller caller, @Nullable String owner) {
		if (caller.has(Scope.OPERATE) || caller.owns(owner)) {
			return;
		}
		requireVisible(caller, owner);
		throw new ProblemException(ProblemType.FORBIDDEN, FORBIDDEN,
				Map.of("errors", List.of(Violation.ofRule("owner", FORBIDDEN))));
	}

	private boolean isVisible(Caller caller, @Nullable String owner) {
		return !this.isolate || caller.owns(owner);
	}

}
