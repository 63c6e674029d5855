package dev.distributeimage.security;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.context.SmartLifecycle;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.authentication.AuthenticationManagerResolver;
import org.springframework.security.oauth2.server.resource.authentication.JwtIssuerAuthenticationManagerResolver;

/**
 * The issuers whose tokens are accepted. Their keys are fetched before the first request
 * can arrive; the start does not depend on it.
 */
final class Issuers implements SmartLifecycle, DisposableBean {

	private static final AuthenticationManager UNKNOWN = (token) -> {
		throw new TokenRefusedException("iss", "The token is of an issuer that this service does not trust (iss).");
	};

	private final ExecutorService workers = Executors.newCachedThreadPool(new CustomizableThreadFactory("issuers-"));

	private final ScheduledExecutorService background = Executors
		.newSingleThreadScheduledExecutor(new CustomizableThreadFactory("issuer-keys-"));

	private final Map<String, AuthenticationManager> byIdentifier = new HashMap<>();

	private final List<IssuerKeys> keys = new ArrayList<>();

	private final VerifiedTokens tokens;

	private volatile boolean running;

	Issuers(SecuritySettings settings, OAuth2ResourceServerProperties.Jwt spring, Clock clock) {
		List<ConfiguredIssuer> configured = ConfiguredIssuers.of(settings, spring);
		CallerRules callers = CallerRules.of(settings, configured);
		BoundedHttp http = new BoundedHttp(this.workers);
		for (ConfiguredIssuer issuer : configured) {
			this.byIdentifier.put(issuer.issuer(),
					new TrustedIssuer(issuer, keys(issuer, http, clock), callers, clock));
		}
		this.tokens = new VerifiedTokens(new JwtIssuerAuthenticationManagerResolver(
				(identifier) -> this.byIdentifier.getOrDefault(identifier, UNKNOWN)), clock);
	}

	private JWKSource<SecurityContext> keys(ConfiguredIssuer issuer, BoundedHttp http, Clock clock) {
		if (issuer.settings().publicKeyLocation() != null) {
			return FixedKey.of(issuer, issuer.settings().publicKeyLocation());
		}
		IssuerKeys remote = new IssuerKeys(new RemoteKeySet(issuer, http), this.background, clock);
		this.keys.add(remote);
		return remote;
	}

	/** Finds the issuer of a token, and lets it authenticate the sender. */
	AuthenticationManagerResolver<HttpServletRequest> byToken() {
		return this.tokens;
	}

	/** Whether a token is one that was verified a short time ago. */
	boolean know(String token) {
		return this.tokens.know(token);
	}

	@Override
	public void start() {
		this.running = true;
		try {
			this.workers.invokeAll(this.keys.stream().map(Issuers::fetch).toList());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static Callable<Void> fetch(IssuerKeys keys) {
		return () -> {
			keys.fetch();
			return null;
		};
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/** The web server starts later, and stops before. */
	@Override
	public int getPhase() {
		return 0;
	}

	@Override
	public void destroy() {
		this.background.shutdownNow();
		this.workers.shutdownNow();
	}

}
