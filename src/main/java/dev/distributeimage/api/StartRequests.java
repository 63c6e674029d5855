package dev.distributeimage.api;

import dev.distributeimage.api.contract.StartRun;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.wire.BodyMemory;
import dev.distributeimage.api.wire.ResponseMemory;
import dev.distributeimage.aws.Accounts;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.stereotype.Component;

/** Turns the body of a request into a started run. */
@Component
class StartRequests {

	private final BodyMemory bodies;

	private final StartRun startRun;

	private final Accounts accounts;

	private final RunStarts starts;

	private final RequestLimiter limiter;

	StartRequests(BodyMemory bodies, StartRun startRun, Accounts accounts, RunStarts starts, RequestLimiter limiter) {
		this.bodies = bodies;
		this.startRun = startRun;
		this.accounts = accounts;
		this.starts = starts;
		this.limiter = limiter;
	}

	/**
	 * Starts the run of a request, unless its client token has one already.
	 * @throws ProblemException if the body is not valid, if the run is of another
	 * account, or if the outcome is unknown
	 */
	StartResult start(HttpServletRequest request) {
		return this.bodies.read(request, (body) -> {
			NewRun asked = checked(body);
			// Before the run is stored: then it is too late for a refusal.
			ResponseMemory.of(request)
				.requireToMake(body.length + (long) NewRun.DESTINATION_WEIGHT * asked.input().destinations());
			return this.limiter.queued(() -> started(asked));
		});
	}

	/**
	 * Checks a request. Nothing is stored.
	 * @throws ProblemException if the body is not valid, or if the run is of another
	 * account
	 */
	void check(HttpServletRequest request) {
		this.bodies.read(request, this::checked);
	}

	private NewRun checked(byte[] body) {
		NewRun asked = this.startRun.checked(body);
		if (this.accounts.areOfAnother(asked.input().place())) {
			throw ProblemException.otherAccount(asked.input().place().account());
		}
		return asked;
	}

	private StartResult started(NewRun asked) {
		try {
			return this.starts.start(asked);
		}
		catch (OutcomeUnknownException ex) {
			String repeat = (asked.clientToken() != null)
					? "It has a clientToken: repeat it unchanged, and no second run is started."
					: "It has no clientToken: repeating it may start a second run.";
			throw new ProblemException(ProblemType.OUTCOME_UNKNOWN,
					"The database connection was lost during the request. " + repeat, ex);
		}
	}

}
