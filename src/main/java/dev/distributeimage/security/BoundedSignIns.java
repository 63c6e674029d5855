package dev.distributeimage.security;

import java.time.Duration;
import java.util.concurrent.Semaphore;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;

import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;

/**
 * Bounds how often the provider is asked whether a sign-in is good, and how many requests
 * wait for it: it takes nothing but a browser to begin one and to end it with an invented
 * code. A bulkhead and a token bucket.
 */
final class BoundedSignIns implements AuthenticationManager {

	/** Threads that wait for the provider. */
	static final int MOST_AT_ONCE = 20;

	static final int BURST = 100;

	private static final int PER_SECOND = 10;

	private final Semaphore places = new Semaphore(MOST_AT_ONCE);

	private final Bucket rate;

	private final AuthenticationManager provider;

	BoundedSignIns(AuthenticationManager provider, TimeMeter clock) {
		this.provider = provider;
		this.rate = Bucket.builder()
			.addLimit((limit) -> limit.capacity(BURST).refillGreedy(PER_SECOND, Duration.ofSeconds(1)))
			.withCustomTimePrecision(clock)
			.build();
	}

	@Override
	public Authentication authenticate(Authentication signIn) {
		if (!this.places.tryAcquire()) {
			throw new TooManySignInsException();
		}
		try {
			if (!this.rate.tryConsume(1)) {
				throw new TooManySignInsException();
			}
			return this.provider.authenticate(signIn);
		}
		finally {
			this.places.release();
		}
	}

}
