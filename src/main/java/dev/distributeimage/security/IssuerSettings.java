package dev.distributeimage.security;

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.core.io.Resource;

/**
 * Settings for an issuer of tokens. Its keys come from one of three places: a key set, a
 * file, or what its metadata names.
 *
 * @param issuer its identifier, as tokens name it
 * @param jwkSetUri the address of its key set
 * @param publicKeyLocation a file with its only key, in PEM
 * @param audiences names of this service, of which a token must have one
 * @param algorithms the algorithms that it may sign with
 * @param types the types that its tokens may have; one without a type is accepted
 * @param scopeClaim the claim with the scopes; by default scope, or scp
 * @param maxLifetime the longest time from a token's issue to its expiry, more than 0
 * @param clockSkew by how much its clock and this one may differ, at least 0
 */
record IssuerSettings(@Nullable String issuer, @Nullable String jwkSetUri, @Nullable Resource publicKeyLocation,
		@DefaultValue List<String> audiences, @DefaultValue("RS256") List<String> algorithms, @DefaultValue( {
				"JWT", "at+jwt" }) List<String> types,
		@Nullable String scopeClaim, @DefaultValue("1h") Duration maxLifetime, @DefaultValue("30s") Duration clockSkew){

	/** The issuer that is set by Spring's own properties. */
	static IssuerSettings of(OAuth2ResourceServerProperties.Jwt spring) {
		return new IssuerSettings(spring.getIssuerUri(), spring.getJwkSetUri(), spring.getPublicKeyLocation(),
				spring.getAudiences(), spring.getJwsAlgorithms(), List.of("JWT", "at+jwt"), null, Duration.ofHours(1),
				Duration.ofSeconds(30));
	}

}
