package dev.distributeimage.provider;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.function.Consumer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;

/**
 * Makes tokens that no provider would issue, with the keys of one that is there.
 *
 * @param provider whose tokens they seem to be
 */
public record Tokens(OpenIdProvider provider) {

	private static final Clock CLOCK = Clock.systemUTC();

	/** Returns a token that is good but for what is changed in its claims. */
	public String with(Consumer<JWTClaimsSet.Builder> change) {
		return signed(header().build(), claims(change), rsa(this.provider.keys().current()));
	}

	/** Returns a token that is good but for what is changed in its header. */
	public String withHeader(Consumer<JWSHeader.Builder> change) {
		JWSHeader.Builder header = header();
		change.accept(header);
		return signed(header.build(), claims(Tokens::unchanged), rsa(this.provider.keys().current()));
	}

	/** Returns a token that is good but for its key, which is not the issuer's. */
	public String withKey(RSAKey key, String id) {
		return signed(header().keyID(id).build(), claims(Tokens::unchanged), rsa(key));
	}

	/** Returns a token that brings its key. */
	public String withOwnKey(Consumer<JWSHeader.Builder> change) {
		RSAKey key = ProviderKeys.rsa();
		JWSHeader.Builder header = header().keyID(key.getKeyID()).jwk(key.toPublicJWK());
		change.accept(header);
		return signed(header.build(), claims(Tokens::unchanged), rsa(key));
	}

	/** Returns a token that is signed with the elliptic curve's key of the issuer. */
	public String elliptic(JWSAlgorithm algorithm, Consumer<JWTClaimsSet.Builder> change) {
		try {
			JWSHeader header = new JWSHeader.Builder(algorithm).keyID(this.provider.keys().elliptic().getKeyID())
				.build();
			return signed(header, claims(change), new ECDSASigner(this.provider.keys().elliptic()));
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Returns a token without a signature. */
	public String unsigned() {
		return new PlainJWT(claims(Tokens::unchanged)).serialize();
	}

	/** Returns a token whose secret is the public key. */
	public String signedWithThePublicKey() {
		try {
			byte[] secret = this.provider.keys().current().toRSAPublicKey().getEncoded();
			JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256)
				.keyID(this.provider.keys().current().getKeyID())
				.build();
			return signed(header, claims(Tokens::unchanged), new MACSigner(secret));
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Returns a time, as claims have it. */
	public static Date in(Duration time) {
		return Date.from(Instant.now(CLOCK).plus(time));
	}

	private JWSHeader.Builder header() {
		return new JWSHeader.Builder(JWSAlgorithm.RS256).type(JOSEObjectType.JWT)
			.keyID(this.provider.keys().current().getKeyID());
	}

	private JWTClaimsSet claims(Consumer<JWTClaimsSet.Builder> change) {
		JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder().issuer(this.provider.issuer())
			.subject("web")
			.audience(OpenIdProvider.AUDIENCE)
			.issueTime(in(Duration.ZERO))
			.expirationTime(in(Duration.ofMinutes(10)))
			.claim("scope", "runs:read runs:write runs:operate actuator");
		change.accept(claims);
		return claims.build();
	}

	private static void unchanged(Object part) {
	}

	private static JWSSigner rsa(RSAKey key) {
		try {
			return new RSASSASigner(key);
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String signed(JWSHeader header, JWTClaimsSet claims, JWSSigner signer) {
		try {
			SignedJWT token = new SignedJWT(header, claims);
			token.sign(signer);
			return token.serialize();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
