package dev.distributeimage.security;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import dev.distributeimage.startup.RefusedStartException;

import org.springframework.core.io.Resource;

/** The only key of an issuer, in a file. */
final class FixedKey {

	private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";

	private static final String END = "-----END PUBLIC KEY-----";

	private FixedKey() {
	}

	/**
	 * Reads the key of an issuer. It goes with every token, whatever key the token names.
	 * @throws RefusedStartException if there is none that its algorithms could use
	 */
	static JWKSource<SecurityContext> of(ConfiguredIssuer issuer, Resource file) {
		String property = issuer.properties().of("public-key-location");
		// RS256 and PS256 take RSA keys, ES256 takes keys of elliptic curves.
		boolean elliptic = issuer.settings().algorithms().stream().allMatch((name) -> name.startsWith("ES"));
		if (!elliptic && issuer.settings().algorithms().stream().anyMatch((name) -> name.startsWith("ES"))) {
			throw new RefusedStartException("%s has one key, and %s needs several: remove the algorithms of the others."
				.formatted(property, issuer.properties().of("algorithms")));
		}
		try {
			JWK key = elliptic ? elliptic(der(file)) : rsa(der(file));
			return (selector, context) -> List.of(key);
		}
		catch (IOException | GeneralSecurityException | IllegalArgumentException ex) {
			throw new RefusedStartException(
					"%s must name a readable file with an %s public key in PEM, as the algorithms need it (%s)."
						.formatted(property, elliptic ? "elliptic curve" : "RSA", BEGIN));
		}
	}

	private static JWK rsa(byte[] der) throws GeneralSecurityException {
		return new RSAKey.Builder(
				(RSAPublicKey) KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(der)))
			.build();
	}

	private static JWK elliptic(byte[] der) throws GeneralSecurityException {
		ECPublicKey key = (ECPublicKey) KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(der));
		return new ECKey.Builder(Curve.forECParameterSpec(key.getParams()), key).build();
	}

	private static byte[] der(Resource file) throws IOException {
		String pem = file.getContentAsString(StandardCharsets.US_ASCII);
		return Base64.getMimeDecoder().decode(pem.replace(BEGIN, "").replace(END, ""));
	}

}
