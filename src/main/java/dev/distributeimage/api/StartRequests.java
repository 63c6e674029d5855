package dev.distributeimage.api;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.distributeimage.api.contract.IdempotencyKey;
import dev.distributeimage.api.contract.StartRun;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.wire.BodyMemory;
import dev.distributeimage.api.wire.ResponseMemory;
import dev.distributeimage.audit.AuditEvent;
import dev.distributeimage.audit.AuditTrail;
import dev.distributeimage.aws.Accounts;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Requester;
import dev.distributeimage.policy.Policies;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.Warning;
import dev.distributeimage.run.intake.InputAudit;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Turns the body of a request into a started run. */
@Component
class StartRequests {

	private static final Warning NAME_NOT_LOOKED_UP = new Warning("/distributionName",
			"The database could not be asked whether another run has this name.");

	private final BodyMemory bodies;

	private final StartRun startRun;

	private final Policies policies;

	private final Accounts accounts;

	private final RunStarts starts;

	private final RunLimits limits;

	private final RequestLimiter limiter;

	private final AuditTrail audit;

	StartRequests(BodyMemory bodies, StartRun startRun, Policies policies, Accounts accounts, RunStarts starts,
			RunLimits limits, RequestLimiter limiter, AuditTrail audit) {
		this.bodies = bodies;
		this.startRun = startRun;
		this.policies = policies;
		this.accounts = accounts;
		this.starts = starts;
		this.limits = limits;
		this.limiter = limiter;
		this.audit = audit;
	}

	/**
	 * Starts the run of a request, unless its client token has one already.
	 * @throws ProblemException if the body is not valid, if the caller may not ask for
	 * the run, if the run is of another account, if a limit is exceeded, or if the
	 * outcome is unknown
	 */
	StartResult start(HttpServletRequest request, HttpServletResponse response) {
		return this.bodies.read(request, (body) -> start(request, response, body));
	}

	private StartResult start(HttpServletRequest request, HttpServletResponse response, byte[] body) {
		NewRun run = checked(request, body);
		// Before the run is stored: then it is too late for a refusal.
		ResponseMemory.of(request)
			.requireToMake(body.length + (long) NewRun.DESTINATION_WEIGHT * run.input().destinations()
					+ Warning.WEIGHT * (run.warnings().size() + 1L));
		return recorded(request, run, () -> this.limits.start(Caller.of(request), run.clientToken() != null, response,
				(mostInFlight) -> this.limiter.queued(() -> started(run, Requester.of(request), mostInFlight))));
	}

	/**
	 * Checks a request. Nothing is stored.
	 * @return the warnings that the run would be stored with
	 * @throws ProblemException if the body is not valid, if the caller may not ask for
	 * the run, if the run is of another account, or if a limit is exceeded
	 */
	List<Warning> check(HttpServletRequest request, HttpServletResponse response) {
		this.limits.validation(Caller.of(request), response);
		return this.bodies.read(request, (body) -> {
			NewRun run = checked(request, body);
			List<Warning> warnings = warnings(run, Caller.of(request));
			this.audit.note(AuditEvent.validated(Requester.of(request), InputAudit.of(run)));
			return warnings;
		});
	}

	// Whether a request is valid does not depend on the database, nor on how busy it is.
	private List<Warning> warnings(NewRun run, Caller caller) {
		if (run.input().distributionName() == null) {
			return run.warnings();
		}
		Optional<List<Warning>> all;
		try {
			all = this.limiter.limitedIfFree(() -> this.starts.warnings(run, caller));
		}
		catch (DataAccessException | TransactionException ex) {
			all = Optional.empty();
		}
		return all.orElseGet(() -> Stream.concat(run.warnings().stream(), Stream.of(NAME_NOT_LOOKED_UP)).toList());
	}

	private NewRun checked(HttpServletRequest request, byte[] body) {
		NewRun run = this.startRun.checked(body, IdempotencyKey.of(request));
		return recorded(request, run, () -> {
			this.policies.requireStart(Caller.of(request), run.input());
			if (this.accounts.lackCredentialsFor(run.input().place())) {
				throw otherAccount(run.input());
			}
			return run;
		});
	}

	/** The problem of a run whose account is not that of the service's credentials. */
	static ProblemException otherAccount(RunInput input) {
		return ProblemException.otherAccount(input.place().account(), (input.infrastructureConfigurationArn() != null)
				? "/infrastructureConfigurationArn" : "/executionRole");
	}

	// A refusal is recorded with what it has refused.
	private static <T> T recorded(HttpServletRequest request, NewRun run, Supplier<T> work) {
		try {
			return work.get();
		}
		catch (ProblemException ex) {
			InputAudit.of(run).attachTo(request);
			throw ex;
		}
	}

	private StartResult started(NewRun run, Requester by, @Nullable Integer mostInFlight) {
		try {
			return this.starts.start(run, by, mostInFlight);
		}
		catch (OutcomeUnknownException ex) {
			String repeat = (run.clientToken() != null)
					? "It has a clientToken: repeat it unchanged, and no second run is started."
					: "It has no clientToken: repeating it may start a second run.";
			throw new ProblemException(ProblemType.OUTCOME_UNKNOWN,
					"The database connection was lost during the request. " + repeat, ex);
		}
	}

}
