package dev.distributeimage.provider;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import org.jspecify.annotations.Nullable;

/**
 * The keys that a provider signs with: an RSA key, which may be replaced, and another.
 */
public final class ProviderKeys implements JWKSource<SecurityContext> {

	private final ECKey elliptic = newElliptic();

	private volatile RSAKey current = rsa();

	/** Returns the key that signs. */
	public RSAKey current() {
		return this.current;
	}

	/** Returns a key of an elliptic curve, which is published too. */
	public ECKey elliptic() {
		return this.elliptic;
	}

	/** Replaces the key that signs. The old one is not published any more. */
	void rotate() {
		this.current = rsa();
	}

	/** Creates an RSA key that nobody publishes. */
	public static RSAKey rsa() {
		try {
			return new RSAKeyGenerator(2048).keyUse(KeyUse.SIGNATURE)
				.algorithm(JWSAlgorithm.RS256)
				.keyID(UUID.randomUUID().toString())
				.generate();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static ECKey newElliptic() {
		try {
			return new ECKeyGenerator(Curve.P_256).keyUse(KeyUse.SIGNATURE)
				.keyID(UUID.randomUUID().toString())
				.generate();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) {
		return selector.select(new JWKSet(new ArrayList<>(List.of(this.current, this.elliptic))));
	}

}
