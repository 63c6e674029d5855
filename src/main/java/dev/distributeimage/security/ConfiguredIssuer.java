package dev.distributeimage.security;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import dev.distributeimage.startup.RefusedStartException;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.UrlResource;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;

/**
 * An issuer that can be trusted as it is set, or the service does not start.
 *
 * @param name its name in the settings
 * @param properties the names of its properties, by those of ours
 */
record ConfiguredIssuer(String name, IssuerSettings settings, Properties properties) {

	private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

	ConfiguredIssuer {
		requireIssuer(settings, properties);
		requireOnePlaceForKeys(settings, properties);
		if (settings.audiences().isEmpty() || settings.audiences().stream().anyMatch(String::isBlank)) {
			throw new RefusedStartException(
					"%s must be set to the names of this service, of which a token must have one".formatted(
							properties.of("audiences")) + ": otherwise tokens for other services would be accepted.");
		}
		requireAsymmetric(settings.algorithms(), properties);
		if (settings.maxLifetime().isNegative() || settings.maxLifetime().isZero()
				|| settings.clockSkew().isNegative()) {
			throw new RefusedStartException("%s must be longer than nothing, and %s not negative."
				.formatted(properties.of("max-lifetime"), properties.of("clock-skew")));
		}
	}

	private static void requireIssuer(IssuerSettings settings, Properties properties) {
		if (settings.issuer() == null || settings.issuer().isBlank()) {
			throw new RefusedStartException(
					"%s must be set to the issuer of the tokens, as they name it in iss: otherwise nobody could sign in."
						.formatted(properties.of("issuer")));
		}
		if (settings.publicKeyLocation() == null && settings.jwkSetUri() == null) {
			requireSecure(settings.issuer(), properties.of("issuer"));
		}
	}

	private static void requireOnePlaceForKeys(IssuerSettings settings, Properties properties) {
		if (settings.publicKeyLocation() instanceof UrlResource address && !address.isFile()) {
			requireSecure(String.valueOf(address.getURL()), properties.of("public-key-location"));
		}
		if (settings.jwkSetUri() != null) {
			requireSecure(settings.jwkSetUri(), properties.of("jwk-set-uri"));
			if (settings.publicKeyLocation() != null) {
				throw new RefusedStartException(
						"%s and %s are both set, and only one of them can have the keys: remove one."
							.formatted(properties.of("jwk-set-uri"), properties.of("public-key-location")));
			}
		}
	}

	private static void requireSecure(String address, String property) {
		if (!isSecure(address)) {
			throw new RefusedStartException(
					"%s must begin with https://, unless it is on this machine: anybody in between could replace the keys."
						.formatted(property));
		}
	}

	/** Whether nobody in between can change what comes from the address. */
	static boolean isSecure(@Nullable String address) {
		try {
			URI uri = new URI((address != null) ? address : "");
			String scheme = (uri.getScheme() != null) ? uri.getScheme().toLowerCase(Locale.ROOT) : "";
			return uri.getHost() != null && (scheme.equals("https")
					|| (scheme.equals("http") && LOOPBACK.contains(uri.getHost().toLowerCase(Locale.ROOT))));
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	private static void requireAsymmetric(List<String> algorithms, Properties properties) {
		for (String algorithm : algorithms) {
			if (SignatureAlgorithm.from(algorithm) == null) {
				throw new RefusedStartException(
						"%s must list asymmetric algorithms, such as RS256, PS256 or ES256: %s is not one that is known."
							.formatted(properties.of("algorithms"), algorithm));
			}
		}
		if (algorithms.isEmpty()) {
			throw new RefusedStartException("%s must list the algorithms that tokens may be signed with, such as RS256."
				.formatted(properties.of("algorithms")));
		}
	}

	/** The identifier of the issuer, as tokens name it. */
	String issuer() {
		return String.valueOf(this.settings.issuer());
	}

	/**
	 * Full names of properties.
	 *
	 * @param prefix what they begin with
	 * @param others those that are called otherwise than ours
	 */
	record Properties(String prefix, Map<String, String> others) {

		/** Spring's own. */
		static final Properties SPRING = new Properties("spring.security.oauth2.resourceserver.jwt.",
				Map.of("issuer", "issuer-uri", "algorithms", "jws-algorithms"));

		static Properties ours(String name) {
			return new Properties("distribute-image.security.issuers.%s.".formatted(name), Map.of());
		}

		String of(String member) {
			return this.prefix + this.others.getOrDefault(member, member);
		}

	}

}
