package dev.distributeimage.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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

	private final ExecutorService workers;

	private volatile boolean away;

	/**
	 * Creates the key set.
	 * @param workers threads to wait in; an issuer holds one or two
	 */
	RemoteKeySet(ConfiguredIssuer issuer, BoundedHttp http, ExecutorService workers) {
		this.issuer = issuer.name();
		this.address = new KeySetAddress(issuer, http);
		this.http = http;
		this.workers = workers;
	}

	@Override
	public JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long now, @Nullable SecurityContext context)
			throws JWKSetRetrievalException {
		try {
			JWKSet keys = inTime(this.workers.submit(this::fetched));
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

	// The client's own time-out ends with the head of the answer, and a name may be slow
	// to resolve.
	private static JWKSet inTime(Future<JWKSet> fetch) throws IOException, InterruptedException {
		try {
			return fetch.get(BoundedHttp.LONGEST.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof InterruptedException stopped) {
				throw stopped;
			}
			throw (ex.getCause() instanceof IOException io) ? io : new IOException(ex.getCause());
		}
		catch (TimeoutException ex) {
			throw new IOException("The issuer took longer than %d s".formatted(BoundedHttp.LONGEST.toSeconds()), ex);
		}
		finally {
			fetch.cancel(true);
		}
	}

	@Override
	public void close() {
		// Holds nothing.
	}

}
