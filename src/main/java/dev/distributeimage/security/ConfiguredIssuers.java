package dev.distributeimage.security;

import java.util.List;

import dev.distributeimage.startup.Names;
import dev.distributeimage.startup.RefusedStartException;

import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;

/** Finds the issuers in the settings: one of Spring's, or any number of ours. */
final class ConfiguredIssuers {

	/** The name of the issuer that is set by Spring's own properties. */
	static final String DEFAULT = "default";

	private static final String OPEN = "distribute-image.security.open";

	private ConfiguredIssuers() {
	}

	static List<ConfiguredIssuer> of(SecuritySettings settings, OAuth2ResourceServerProperties.Jwt spring) {
		if (isSet(spring) && !settings.issuers().isEmpty()) {
			throw new RefusedStartException(
					"Issuers are set both by %s* and by distribute-image.security.issuers.*: remove one of the two."
						.formatted(ConfiguredIssuer.Properties.SPRING.prefix()));
		}
		List<ConfiguredIssuer> issuers = isSet(spring)
				? List.of(new ConfiguredIssuer(DEFAULT, IssuerSettings.of(spring), ConfiguredIssuer.Properties.SPRING))
				: ours(settings);
		if (issuers.isEmpty()) {
			throw new RefusedStartException("No issuer is set, so that nobody could sign in: set %s and %s, or %s=true"
				.formatted(ConfiguredIssuer.Properties.SPRING.of("issuer"),
						ConfiguredIssuer.Properties.SPRING.of("audiences"), OPEN)
					+ " to let everybody do everything.");
		}
		requireDifferent(issuers);
		if (issuers.size() > 1 && settings.callers().isEmpty()) {
			throw new RefusedStartException(
					"Several issuers are set, and no distribute-image.security.callers.*: set them,"
							+ " because a subject of one issuer may be somebody else at another.");
		}
		return issuers;
	}

	private static List<ConfiguredIssuer> ours(SecuritySettings settings) {
		return settings.issuers()
			.entrySet()
			.stream()
			.map((entry) -> new ConfiguredIssuer(Names.require("distribute-image.security.issuers", entry.getKey()),
					entry.getValue(), ConfiguredIssuer.Properties.ours(entry.getKey())))
			.toList();
	}

	private static void requireDifferent(List<ConfiguredIssuer> issuers) {
		if (issuers.stream().map(ConfiguredIssuer::issuer).distinct().count() < issuers.size()) {
			throw new RefusedStartException(
					"Two of distribute-image.security.issuers.*.issuer are the same: remove one,"
							+ " because a token could not tell which of them it is of.");
		}
	}

	/** Refuses an issuer in open mode, where it would have no effect. */
	static void requireNone(SecuritySettings settings, OAuth2ResourceServerProperties.Jwt spring) {
		if (isSet(spring) || !settings.issuers().isEmpty()) {
			throw new RefusedStartException(
					"%s lets everybody do everything, although an issuer is set: set it to false, or remove the issuer."
						.formatted(OPEN));
		}
	}

	private static boolean isSet(OAuth2ResourceServerProperties.Jwt spring) {
		return spring.getIssuerUri() != null || spring.getJwkSetUri() != null || spring.getPublicKeyLocation() != null
				|| !spring.getAudiences().isEmpty();
	}

}
