package dev.distributeimage.security;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.BadJWSException;
import com.nimbusds.jose.proc.SecurityContext;
import org.jspecify.annotations.Nullable;

import org.springframework.core.convert.converter.Converter;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.MappedJwtClaimSetConverter;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/** Authenticates the senders of one issuer's tokens. */
final class TrustedIssuer implements AuthenticationManager {

	private final ConfiguredIssuer issuer;

	private final CallerRules callers;

	private final NimbusJwtDecoder decoder;

	TrustedIssuer(ConfiguredIssuer issuer, JWKSource<SecurityContext> keys, CallerRules callers, Clock clock) {
		this.issuer = issuer;
		this.callers = callers;
		this.decoder = NimbusJwtDecoder.withJwkSource(keys)
			.jwsAlgorithms((algorithms) -> issuer.settings()
				.algorithms()
				.forEach((name) -> algorithms.add(Objects.requireNonNull(SignatureAlgorithm.from(name)))))
			.build();
		this.decoder.setClaimSetConverter(new Claims());
		this.decoder.setJwtValidator(new TokenChecks(issuer, clock));
	}

	@Override
	public Authentication authenticate(Authentication authentication) {
		String token = ((BearerTokenAuthenticationToken) authentication).getToken();
		return this.callers.authentication(this.issuer, decoded(token));
	}

	private Jwt decoded(String token) {
		try {
			return this.decoder.decode(token);
		}
		catch (JwtValidationException ex) {
			throw new TokenRefusedException(TokenChecks.rules(ex.getErrors()), TokenChecks.details(ex.getErrors()));
		}
		catch (BadJwtException ex) {
			throw refused(ex.getCause());
		}
		catch (JwtException ex) {
			if (ex.getCause() instanceof KeySourceException) {
				throw new KeysUnavailableException(ex);
			}
			throw new TokenRefusedException("alg",
					"The token is signed with an algorithm that does not go with its key.");
		}
	}

	private static TokenRefusedException refused(@Nullable Throwable cause) {
		if (cause instanceof BadJWSException) {
			return new TokenRefusedException("signature", "The token's signature is wrong.");
		}
		return (cause instanceof BadJOSEException)
				? new TokenRefusedException("key",
						"The token is signed with an algorithm or a key that is not its issuer's.")
				: new TokenRefusedException("jwt", "The token is no signed JWT.");
	}

	/** Leaves out a time of issue that the token does not have, and Spring makes up. */
	private static final class Claims implements Converter<Map<String, Object>, Map<String, Object>> {

		private final MappedJwtClaimSetConverter spring = MappedJwtClaimSetConverter.withDefaults(Map.of());

		@Override
		public Map<String, Object> convert(Map<String, Object> claims) {
			Map<String, Object> converted = new HashMap<>(this.spring.convert(claims));
			if (!claims.containsKey(JwtClaimNames.IAT)) {
				converted.remove(JwtClaimNames.IAT);
			}
			return converted;
		}

	}

}
