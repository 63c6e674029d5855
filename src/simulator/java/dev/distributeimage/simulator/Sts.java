package dev.distributeimage.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

import dev.distributeimage.simulator.http.HttpRequest;
import org.jspecify.annotations.Nullable;

/**
 * The roles that the simulator's caller may assume, and the sessions of them. A role lets
 * in the account of the settings, with its external id.
 */
public final class Sts {

	/** A role and how long its sessions last at most. */
	record Role(String arn, @Nullable String externalId) {

		static final int MOST_SECONDS = 3600;

	}

	private final Supplier<SimulatorSettings> settings;

	private final Faults faults = new Faults();

	private final Map<String, Role> roles = new HashMap<>();

	private final List<AssumedSession> sessions = new ArrayList<>();

	private final Set<Integer> expired = new HashSet<>();

	Sts(Supplier<SimulatorSettings> settings) {
		this.settings = settings;
	}

	/**
	 * Creates a role, or changes its trust policy.
	 * @param externalId the external id that its trust policy asks for, or null
	 */
	public synchronized void trust(String roleArn, @Nullable String externalId) {
		this.roles.put(roleArn, new Role(roleArn, externalId));
	}

	/** Deletes a role. Its sessions go on. */
	public synchronized void distrust(String roleArn) {
		this.roles.remove(roleArn);
	}

	/** All sessions so far, oldest first, also those that have ended. */
	public synchronized List<AssumedSession> sessions() {
		return List.copyOf(this.sessions);
	}

	/** Ends all sessions now, before their time. */
	public synchronized void expireSessions() {
		this.sessions.forEach((session) -> this.expired.add(session.number()));
	}

	/** Makes faults for this many next calls of STS. Errors are {@link #error}. */
	public FaultScope onNext(int times) {
		return this.faults.scope(null, times);
	}

	/** Makes faults for every call of STS. Errors are {@link #error}. */
	public FaultScope always() {
		return this.faults.scope(null, Faults.ALWAYS);
	}

	/** An error in the format of STS. */
	public static Fault error(int status, String code) {
		return Fault.answer(status, "text/xml", StsAnswers.error(code, "Simulated.", "simulated"));
	}

	/** Removes every fault and releases every hanging call. */
	public void clearFaults() {
		this.faults.clear();
	}

	Faults faults() {
		return this.faults;
	}

	synchronized Optional<Role> role(String arn) {
		return Optional.ofNullable(this.roles.get(arn));
	}

	/** Begins a session. Its number is the next one. */
	synchronized AssumedSession begin(AssumedSession asked) {
		AssumedSession session = new AssumedSession(this.sessions.size() + 1, asked.at(), asked.region(),
				asked.roleArn(), asked.name(), asked.externalId(), asked.policy(), asked.seconds(), asked.tags());
		this.sessions.add(session);
		return session;
	}

	/**
	 * Tells who has signed the request. Access keys that are not of a session here are all
	 * of the account of the settings.
	 */
	synchronized Identity caller(HttpRequest request, CredentialScope scope) {
		if (!scope.accessKey().startsWith(AssumedSession.ACCESS_KEY)) {
			return Identity.user(this.settings.get().account(), scope.region());
		}
		AssumedSession session = this.sessions.stream()
			.filter((known) -> known.accessKey().equals(scope.accessKey())
					&& known.token().equals(request.header("x-amz-security-token").orElse(null)))
			.findFirst()
			.orElseThrow(() -> new ApiException(403, "UnrecognizedClientException",
					"The security token included in the request is invalid."));
		if (this.expired.contains(session.number()) || !this.settings.get().clock().instant().isBefore(session.end())) {
			throw new ApiException(403, "ExpiredTokenException",
					"The security token included in the request is expired");
		}
		return Identity.of(session);
	}

	/** Forgets roles, sessions and faults. */
	synchronized void forget() {
		clearFaults();
		this.roles.clear();
		this.sessions.clear();
		this.expired.clear();
	}

}
