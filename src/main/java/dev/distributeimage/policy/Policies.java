package dev.distributeimage.policy;

import java.util.List;
import java.util.Map;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Callers;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.startup.RefusedStartException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * The policies for what callers may ask for. An input that a policy does not list is
 * refused, and a caller without a policy is refused everything. In open mode there is no
 * policy, and nothing is checked.
 */
@Component
public class Policies {

	private static final Violation NO_POLICY = Violation.ofRule("no-policy",
			"The caller has no policy, and without one nothing may be started.");

	private final Map<String, Policy> policies;

	private final Callers callers;

	private final Limits limits;

	Policies(Environment environment, Callers callers, Limits limits) {
		this.policies = ConfiguredPolicies.of(environment);
		this.limits = limits;
		this.callers = callers;
		callers.policies().forEach((caller, policy) -> {
			if (!this.policies.containsKey(policy)) {
				throw new RefusedStartException(
						"distribute-image.security.callers.%s.policy must be the name of a policy: %s is none."
							.formatted(caller, policy));
			}
		});
	}

	/**
	 * Requires that the sender of a request may start a run with these inputs.
	 * @throws ProblemException that lists all that is not allowed
	 */
	public void requireStart(Caller caller, RunInput inputs) {
		require(caller, caller.policy(), inputs);
	}

	/**
	 * Requires that a run may be retried: by the current policy of the caller that
	 * started it, even if another caller retries it.
	 * @param caller the sender of the request
	 * @param createdBy the caller that has started the run, as it is stored; null for a
	 * run that was started in open mode
	 * @throws ProblemException that lists all that is not allowed
	 */
	public void requireRetry(Caller caller, @Nullable String createdBy, RunInput inputs) {
		require(caller, this.callers.policyOf(createdBy), inputs);
	}

	/**
	 * The limits of callers that have a policy.
	 * @param name its name, or null for no policy
	 */
	public Limits limits(@Nullable String name) {
		Policy policy = (name != null) ? this.policies.get(name) : null;
		return (policy != null) ? policy.limits().over(this.limits) : this.limits;
	}

	/** The limits, as they are now, of the caller that has started a run. */
	public Limits limitsOf(@Nullable String createdBy) {
		return limits(this.callers.policyOf(createdBy));
	}

	private void require(Caller caller, @Nullable String policy, RunInput inputs) {
		if (caller.equals(Caller.ANONYMOUS)) {
			return;
		}
		List<Violation> violations = violations(policy, inputs);
		if (!violations.isEmpty()) {
			throw ProblemException.notAllowed(violations);
		}
	}

	/**
	 * Violations of the policy of this name in a run with these inputs.
	 * @param name the name, or null for no policy
	 */
	List<Violation> violations(@Nullable String name, RunInput inputs) {
		Policy policy = (name != null) ? this.policies.get(name) : null;
		return (policy != null) ? policy.violations(inputs) : List.of(NO_POLICY);
	}

}
