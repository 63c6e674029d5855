package dev.distributeimage.security;

import java.time.Duration;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.TimeMeter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.jwt.BadJwtException;

/**
 * Tells the operator why people cannot sign in to the page. Strangers fill at most ten
 * lines a minute; the next line tells how many more there were.
 */
final class FailedSignIns {

	static final int LINES = 10;

	private static final int LONGEST = 300;

	private static final Logger logger = LoggerFactory.getLogger(FailedSignIns.class);

	private final Bucket lines;

	private long more;

	FailedSignIns(TimeMeter clock) {
		this.lines = Bucket.builder()
			.addLimit((limit) -> limit.capacity(LINES).refillGreedy(LINES, Duration.ofMinutes(1)))
			.withCustomTimePrecision(clock)
			.build();
	}

	synchronized void log(AuthenticationException ex) {
		if (!this.lines.tryConsume(1)) {
			this.more++;
			return;
		}
		logger.warn("A sign-in to the page failed: {}; {} ({} more since the last line)", code(ex), cause(ex),
				this.more);
		this.more = 0;
	}

	private static String code(AuthenticationException ex) {
		if (ex instanceof OAuth2AuthenticationException oauth) {
			return cut(oauth.getError().getErrorCode());
		}
		return (ex instanceof TokenRefusedException refused) ? refused.rule() : ex.getClass().getSimpleName();
	}

	// The message about a bad token quotes its claims.
	private static String cause(AuthenticationException ex) {
		for (Throwable one = ex; one != null; one = one.getCause()) {
			if (one instanceof BadJwtException) {
				return "the ID token is not accepted";
			}
		}
		return cut(NestedExceptionUtils.getMostSpecificCause(ex).toString());
	}

	private static String cut(String text) {
		return (text.length() > LONGEST) ? text.substring(0, LONGEST) + "…" : text;
	}

}
