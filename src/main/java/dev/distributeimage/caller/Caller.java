package dev.distributeimage.caller;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The sender of a request.
 *
 * @param issuer the name, in the settings, of the issuer that vouches for the caller
 * @param name the name of the caller in the settings
 * @param subject the one that the issuer vouches for, at most 512 characters
 * @param owner to whom the caller's runs belong; null in open mode
 * @param policy the name of the policy for what the caller may ask for; null in open
 * mode, which has none
 * @param scopes the caller's rights
 * @param token facts about the token; null in open mode
 */
public record Caller(String issuer, String name, String subject, @Nullable String owner, @Nullable String policy,
		Set<Scope> scopes, @Nullable Token token) {

	/** Everybody, in open mode: with all rights, and without an owner or a policy. */
	public static final Caller ANONYMOUS = new Caller("", "anonymous", "", null, null, EnumSet.allOf(Scope.class),
			null);

	private static final Caller STRANGER = new Caller("", "", "", null, null, Set.of(), null);

	private static final String ATTRIBUTE = Caller.class.getName();

	private static final String REFUSED = ATTRIBUTE + ".refused";

	public Caller {
		scopes = Set.copyOf(scopes);
	}

	/**
	 * The sender of a request.
	 * @throws NullPointerException for a request that nobody had to sign in for
	 */
	public static Caller of(HttpServletRequest request) {
		return (Caller) Objects.requireNonNull(request.getAttribute(ATTRIBUTE), "The request has no caller");
	}

	/** The sender of a request, with an empty name if it is not let in. */
	static Caller orStranger(HttpServletRequest request) {
		Object known = request.getAttribute(ATTRIBUTE);
		return (Caller) Objects.requireNonNullElse((known != null) ? known : request.getAttribute(REFUSED), STRANGER);
	}

	/** The sender whose token a request has, let in or not; empty in open mode. */
	public static Optional<Caller> signedIn(HttpServletRequest request) {
		return Optional.of(orStranger(request)).filter((sender) -> sender.token() != null);
	}

	/** Makes this the sender of a request. */
	public void attachTo(HttpServletRequest request) {
		request.setAttribute(ATTRIBUTE, this);
	}

	/** Somebody whom an issuer vouches for, and who is no caller of this service. */
	public static Caller stranger(String issuer, String subject, Token token) {
		return new Caller(issuer, "", subject, null, null, Set.of(), token);
	}

	/** Makes this the sender of a request for the record alone: it is not let in. */
	public void attachAsStrangerTo(HttpServletRequest request) {
		request.setAttribute(REFUSED, this);
	}

	/**
	 * Whether what has this owner is the caller's. Without sign-in, everything is
	 * everybody's.
	 */
	public boolean owns(@Nullable String owner) {
		return this.owner == null || this.owner.equals(owner);
	}

	public boolean has(Scope scope) {
		return this.scopes.contains(scope);
	}

	/** The caller as runs name it, at most 600 characters; null in open mode. */
	public @Nullable String createdBy() {
		return (this.token != null) ? this.issuer + "/" + this.name + "/" + this.subject : null;
	}

	/** The time until the token expires; empty in open mode. */
	public Optional<Duration> timeLeft(Clock clock) {
		return Optional.ofNullable(this.token).map((token) -> Duration.between(clock.instant(), token.expiresAt()));
	}

	/**
	 * Facts about a token, for the record.
	 *
	 * @param clientId the client that the token was issued to, or null
	 * @param id the token's own identifier, or null
	 * @param expiresAt from when on it must not be accepted, but for the clock skew
	 */
	public record Token(@Nullable String clientId, @Nullable String id, Instant expiresAt) {
	}

}
