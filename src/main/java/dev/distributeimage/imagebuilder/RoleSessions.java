package dev.distributeimage.imagebuilder;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.distributeimage.imagebuilder.AccountRoles.AccountRole;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.model.Credentials;

/**
 * Credentials of other accounts: sessions of their roles, by AssumeRole in the Region of
 * the call. A session lasts 15 minutes and is renewed ahead of its end, by one thread
 * while others use the rest of it. Threads that want the same session share one call
 * (single flight) and its outcome.
 * <p>
 * AssumeRole changes nothing. All that it makes a call wait for is half an attempt
 * timeout, which the lease has time for.
 */
class RoleSessions {

	private static final Duration LIFETIME = Duration.ofMinutes(15);

	private static final Duration RENEWED_AHEAD = Duration.ofMinutes(5);

	/** Minimum remaining lifetime with which a call may begin; clocks differ. */
	private static final Duration MIN_REMAINING = Duration.ofMinutes(1);

	private static final int MOST_SESSIONS = 10_000;

	private final Function<String, StsClient> clients;

	private final Duration timeout;

	private final Clock clock;

	private final HangingSts hanging;

	/** Bounded by time, too: a run's own session is of no use later. */
	private final Cache<Session, Assumed> sessions = Caffeine.newBuilder()
		.maximumSize(MOST_SESSIONS)
		.expireAfterWrite(LIFETIME)
		.build();

	private final ConcurrentMap<Session, CompletableFuture<Assumed>> underWay = new ConcurrentHashMap<>();

	/**
	 * Creates it without sessions.
	 * @param clients the clients of STS, by Region
	 * @param timeout the time that these take at most
	 */
	RoleSessions(Function<String, StsClient> clients, Duration timeout, Clock clock) {
		this.clients = clients;
		this.timeout = timeout;
		this.hanging = new HangingSts(timeout);
		this.clock = clock;
	}

	/** A session that was made. */
	private record Assumed(AwsSessionCredentials credentials, Instant end) {

		boolean lasts(Duration longer, Instant now) {
			return now.plus(longer).isBefore(this.end);
		}

	}

	/**
	 * Returns the credentials of the session, which may be begun by this.
	 * @param own the service's own credentials, which messages must not repeat
	 * @throws NoSessionException if there is none
	 */
	AwsCredentials of(Session session, AccountRole role, AwsCredentials own) {
		Assumed known = this.sessions.getIfPresent(session);
		if (known != null && known.lasts(RENEWED_AHEAD, this.clock.instant())) {
			return known.credentials();
		}
		try {
			return renewed(session, role, own, known);
		}
		catch (NoSessionException ex) {
			if (known != null && known.lasts(MIN_REMAINING, this.clock.instant())) {
				return known.credentials();
			}
			throw ex;
		}
	}

	private AwsCredentials renewed(Session session, AccountRole role, AwsCredentials own, @Nullable Assumed known) {
		CompletableFuture<Assumed> mine = new CompletableFuture<>();
		CompletableFuture<Assumed> others = this.underWay.putIfAbsent(session, mine);
		if (others != null) {
			return (known != null && known.lasts(MIN_REMAINING, this.clock.instant())) ? known.credentials()
					: awaited(others, role).credentials();
		}
		try {
			Assumed assumed = assumed(session, role, own);
			this.sessions.put(session, assumed);
			mine.complete(assumed);
			return assumed.credentials();
		}
		catch (Throwable ex) {
			mine.completeExceptionally(ex);
			throw ex;
		}
		finally {
			this.underWay.remove(session);
		}
	}

	private Assumed awaited(CompletableFuture<Assumed> others, AccountRole role) {
		try {
			return others.get(this.timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new NoSessionException(FailedCall.stsUnanswered(role.account(), "Interrupted"), ex);
		}
		catch (TimeoutException ex) {
			throw new NoSessionException(FailedCall.stsUnanswered(role.account(), "Another AssumeRole takes too long"),
					ex);
		}
		catch (ExecutionException ex) {
			throw (ex.getCause() instanceof NoSessionException shared) ? new NoSessionException(shared.call(), shared)
					: new IllegalStateException(ex.getCause());
		}
	}

	private Assumed assumed(Session session, AccountRole role, AwsCredentials own) {
		String region = session.place().region();
		if (!this.hanging.begin(region, this.clock.instant())) {
			throw new NoSessionException(FailedCall.stsUnanswered(role.account(),
					"STS has not answered in %s, and is asked again in a while".formatted(region)), null);
		}
		boolean answered = true;
		try {
			return answer(session, role);
		}
		catch (SdkException ex) {
			answered = !UnansweredCall.isTimeout(ex);
			throw new NoSessionException(FailedAssumeRole.of(ex, role, own), ex);
		}
		finally {
			if (answered) {
				this.hanging.answered(region);
			}
			else {
				this.hanging.timedOut(region, this.clock.instant());
			}
		}
	}

	private Assumed answer(Session session, AccountRole role) {
		Credentials credentials = this.clients.apply(session.place().region())
			.assumeRole((request) -> request.roleArn(role.arn().toString())
				.roleSessionName(session.name())
				.externalId(role.externalId())
				.durationSeconds(Math.toIntExact(LIFETIME.toSeconds()))
				.policy(new SessionPolicy(session, role.arn().partition()).json()))
			.credentials();
		if (credentials == null || credentials.accessKeyId() == null || credentials.secretAccessKey() == null
				|| credentials.sessionToken() == null || credentials.expiration() == null) {
			throw new NoSessionException(
					FailedCall.stsUnanswered(role.account(), "The answer of AssumeRole has no credentials"), null);
		}
		return new Assumed(AwsSessionCredentials.create(credentials.accessKeyId(), credentials.secretAccessKey(),
				credentials.sessionToken()), credentials.expiration());
	}

	/** Drops a session that AWS no longer takes, unless it was renewed meanwhile. */
	void drop(Session session, AwsCredentials credentials) {
		this.sessions.asMap()
			.computeIfPresent(session, (key, known) -> known.credentials().equals(credentials) ? null : known);
	}

}
