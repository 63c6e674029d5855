package dev.distributeimage.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches the key set of an issuer. Whatever the issuer does, it takes two seconds. */
final class RemoteKeySet implements JWKSetSource<SecurityContext> {

	private static final Logger logger = LoggerFactory.getLogger(RemoteKeySet.class);

	private final String issuer;

	private final KeySetAddress address;

	private final BoundedHttp http;

	private volatile boolean away;

	RemoteKeySet(ConfiguredIssuer issuer, BoundedHttp http) {
		this.issuer = issuer.name();
		this.address = new KeySetAddress(issuer, http);
		this.http = http;
	}

	@Override
	public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long now, @Nullable SecurityContext context)
			throws JWKSetRetrievalException {
		try {
			JWKSet keys = this.http.inTime(this::fetched);
			if (this.away) {
				this.away = false;
				logger.info("The keys of issuer {} can be fetched again", this.issuer);
			}
			return keys;
		}
		catch (IOException ex) {
			this.address.forget();
			if (!this.away) {
				this.away = true;
				logger.warn(
						"The keys of issuer {} cannot be fetched; those that are known are used for up to an hour: {}",
						this.issuer, ex.toString());
			}
			throw new JWKSetRetrievalException("The keys cannot be fetched", ex);
		}
		catch (InterruptedException ex) {
			// The service stops.
			Thread.currentThread().interrupt();
			throw new JWKSetRetrievalException("The keys were not fetched", ex);
		}
	}

	private JWKSet fetched() throws IOException, InterruptedException {
		String document = new String(this.http.get(this.address.get()), StandardCharsets.UTF_8);
		try {
			JWKSet keys = JWKSet.parse(document);
			if (keys.isEmpty()) {
				throw new IOException("The key set is empty");
			}
			return keys;
		}
		catch (ParseException ex) {
			throw new IOException("The key set cannot be read", ex);
		}
	}

	@Override
	public void close() {
		// Holds nothing.
	}

}
