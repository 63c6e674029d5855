package dev.distributeimage.api;

import java.util.Optional;
import java.util.function.Function;

import dev.distributeimage.api.limit.CallerLimits;
import dev.distributeimage.api.limit.OwnerQuotas;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.run.intake.StartResult;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Holds requests for runs to the limits of their owners. Only new runs count as starts; a
 * start that finds its run counts as a validation.
 */
@Component
class RunLimits {

	private final CallerLimits limits;

	RunLimits(CallerLimits limits) {
		this.limits = limits;
	}

	/**
	 * Counts a validation.
	 * @throws ProblemException if there were too many
	 */
	void validation(Caller caller, HttpServletResponse response) {
		this.limits.of(caller).ifPresent((owner) -> {
			this.limits.take(owner.validations(), response);
			CallerLimits.show(response, owner.validations());
		});
	}

	/** The problem of a retry of a run whose owner has too many in flight. */
	ProblemException runsInFlightExceeded() {
		return this.limits.runsInFlightExceeded();
	}

	/**
	 * Starts a run within the limits of the caller's owner.
	 * @param repeatable whether the request has a client token, so that its run may be
	 * there already
	 * @param start starts the run, if the owner has fewer than these runs in flight; null
	 * for no limit
	 * @throws ProblemException if a limit is exceeded
	 */
	StartResult start(Caller caller, boolean repeatable, HttpServletResponse response,
			Function<@Nullable Integer, StartResult> start) {
		Optional<OwnerQuotas> found = this.limits.of(caller);
		if (found.isEmpty()) {
			return start.apply(null);
		}
		OwnerQuotas owner = found.get();
		if (owner.starts().tryTake()) {
			return counted(owner, response, start);
		}
		CallerLimits.show(response, owner.starts());
		if (repeatable) {
			takeValidation(owner, response);
			StartResult result = start.apply(0);
			if (!(result instanceof StartResult.LimitReached)) {
				return result;
			}
		}
		throw this.limits.exceeded(owner.starts());
	}

	private StartResult counted(OwnerQuotas owner, HttpServletResponse response,
			Function<@Nullable Integer, StartResult> start) {
		boolean mayBeStarted = false;
		StartResult result;
		try {
			result = start.apply(owner.limits().runsInFlight());
			mayBeStarted = result instanceof StartResult.Started;
		}
		catch (ProblemException ex) {
			mayBeStarted = ex.type() == ProblemType.OUTCOME_UNKNOWN;
			throw ex;
		}
		finally {
			if (!mayBeStarted) {
				owner.starts().giveBack();
			}
			CallerLimits.show(response, owner.starts());
		}
		if (result instanceof StartResult.LimitReached) {
			CallerLimits.showRunsInFlightExceeded(response, owner);
			throw this.limits.runsInFlightExceeded();
		}
		if (!mayBeStarted) {
			takeValidation(owner, response);
		}
		return result;
	}

	private void takeValidation(OwnerQuotas owner, HttpServletResponse response) {
		if (!owner.validations().tryTake()) {
			CallerLimits.show(response, owner.starts(), owner.validations());
			throw this.limits.exceeded(owner.validations());
		}
	}

}
