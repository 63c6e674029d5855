package dev.distributeimage.security;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.OutageTolerantJWKSetSource;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.jwk.source.RateLimitedJWKSetSource;
import com.nimbusds.jose.jwk.source.RefreshAheadCachingJWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one issuer, kept in memory. They are fetched in the background, ahead of
 * their time, and kept for an hour while the issuer is away (a stale cache). A token with
 * a key that is not known has them fetched before, once in 30 s: a sender of tokens with
 * invented keys costs one fetch, and holds one thread.
 */
final class IssuerKeys implements JWKSource<SecurityContext> {

	private static final Duration FRESH = Duration.ofMinutes(5);

	private static final Duration AHEAD = Duration.ofMinutes(1);

	private static final Duration STALE = Duration.ofHours(1);

	private static final Duration BETWEEN_FETCHES = Duration.ofSeconds(30);

	/** How long a request waits for keys that another one is fetching. */
	private static final Duration WAIT = Duration.ofMillis(250);

	private final JWKSetSource<SecurityContext> keys;

	private final Clock clock;

	private final AtomicLong nextLookup = new AtomicLong();

	private final AtomicBoolean lookingUp = new AtomicBoolean();

	/**
	 * Creates the keys. None are fetched yet.
	 * @param remote fetches them
	 * @param background fetches them ahead of their time
	 */
	IssuerKeys(JWKSetSource<SecurityContext> remote, ScheduledExecutorService background, Clock clock) {
		JWKSetSource<SecurityContext> tolerant = new OutageTolerantJWKSetSource<>(remote, STALE.toMillis(), null);
		JWKSetSource<SecurityContext> limited = new RateLimitedJWKSetSource<>(tolerant, BETWEEN_FETCHES.toMillis(),
				null);
		this.keys = new RefreshAheadCachingJWKSetSource<>(limited, FRESH.toMillis(), WAIT.toMillis(), AHEAD.toMillis(),
				background, false, null, background, false);
		this.clock = clock;
	}

	/** Fetches the keys, unless they are known. */
	void fetch() throws KeySourceException {
		this.keys.getJWKSet(JWKSetCacheRefreshEvaluator.noRefresh(), this.clock.millis(), null);
	}

	@Override
	public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
		long now = this.clock.millis();
		JWKSet known = this.keys.getJWKSet(JWKSetCacheRefreshEvaluator.noRefresh(), now, context);
		List<JWK> selected = selector.select(known);
		return selected.isEmpty() ? selector.select(lookedUp(known, now)) : selected;
	}

	private JWKSet lookedUp(JWKSet known, long now) throws KeySourceException {
		if (this.lookingUp.get()) {
			throw new JWKSetUnavailableException("The keys are being fetched");
		}
		long next = this.nextLookup.get();
		if (now < next || !this.nextLookup.compareAndSet(next, now + BETWEEN_FETCHES.toMillis())) {
			return known;
		}
		this.lookingUp.set(true);
		try {
			return this.keys.getJWKSet(JWKSetCacheRefreshEvaluator.referenceComparison(known), now, null);
		}
		catch (RateLimitReachedException ex) {
			return known;
		}
		finally {
			this.lookingUp.set(false);
		}
	}

}
