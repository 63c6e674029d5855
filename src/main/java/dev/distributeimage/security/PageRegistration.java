package dev.distributeimage.security;

import java.io.IOException;
import java.util.Map;
import java.util.stream.Stream;

import dev.distributeimage.startup.RefusedStartException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientProperties;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.oidc.OidcScopes;
import org.springframework.util.StringUtils;

/**
 * A client registration with which people can sign in, as Spring's own properties set it,
 * or the service does not start.
 *
 * @param name its name in the settings
 * @param provider its provider, with an issuer or all addresses
 */
record PageRegistration(String name, OAuth2ClientProperties.Registration settings,
		OAuth2ClientProperties.Provider provider) {

	private static final String PREFIX = "spring.security.oauth2.client";

	private static final String REDIRECT = "{baseUrl}/{action}/oauth2/code/{registrationId}";

	private static final TypeReference<Map<String, Object>> MEMBERS = new TypeReference<>() {
	};

	/** Finds the registration: the first by name, if there are several. */
	static PageRegistration of(Binder binder) {
		// Spring Boot's own bean would end the start with a stack trace.
		OAuth2ClientProperties properties = binder.bindOrCreate(PREFIX, OAuth2ClientProperties.class);
		Map.Entry<String, OAuth2ClientProperties.Registration> first = properties.getRegistration()
			.entrySet()
			.stream()
			.min(Map.Entry.comparingByKey())
			.orElseThrow();
		String name = first.getKey();
		OAuth2ClientProperties.Registration settings = first.getValue();
		requireSettings(PREFIX + ".registration." + name, settings);
		String provider = (settings.getProvider() != null) ? settings.getProvider() : name;
		return new PageRegistration(name, settings, provider(provider, properties.getProvider().get(provider)));
	}

	private static void requireSettings(String prefix, OAuth2ClientProperties.Registration settings) {
		if (!StringUtils.hasText(settings.getClientId())) {
			throw new RefusedStartException(
					"%s.client-id must be set to the name by which the provider knows the page: otherwise nobody could sign in."
						.formatted(prefix));
		}
		if (settings.getScope() == null || !settings.getScope().contains(OidcScopes.OPENID)) {
			throw new RefusedStartException(
					"%s.scope must list openid, besides scopes of this service such as runs:read: otherwise nobody could sign in."
						.formatted(prefix));
		}
	}

	private static OAuth2ClientProperties.Provider provider(String name,
			OAuth2ClientProperties.@Nullable Provider provider) {
		boolean isComplete = provider != null && (provider.getIssuerUri() != null
				|| Stream.of(provider.getAuthorizationUri(), provider.getTokenUri(), provider.getJwkSetUri())
					.allMatch(StringUtils::hasText));
		if (provider == null || !isComplete) {
			throw new RefusedStartException(
					"%s.provider.%s.issuer-uri must be set to the provider at which people sign in: otherwise nobody could."
						.formatted(PREFIX, name));
		}
		String prefix = "%s.provider.%s.".formatted(PREFIX, name);
		requireSecure(provider.getIssuerUri(), prefix + "issuer-uri");
		requireSecure(provider.getAuthorizationUri(), prefix + "authorization-uri");
		requireSecure(provider.getTokenUri(), prefix + "token-uri");
		requireSecure(provider.getJwkSetUri(), prefix + "jwk-set-uri");
		return provider;
	}

	private static void requireSecure(@Nullable String address, String property) {
		if (address != null && !ConfiguredIssuer.isSecure(address)) {
			throw new RefusedStartException(
					"%s must begin with https://, unless it is on this machine: anybody in between could sign in."
						.formatted(property));
		}
	}

	/**
	 * Makes the registration, with what its provider says about itself.
	 * @throws IOException if the provider does not say it, or names addresses that are
	 * not behind https
	 */
	ClientRegistration client(BoundedHttp http) throws IOException, InterruptedException {
		String issuer = this.provider.getIssuerUri();
		ClientRegistration.Builder client = (issuer != null) ? discovered(new IssuerMetadata(issuer, http))
				: ClientRegistration.withRegistrationId(this.name)
					.authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
					.redirectUri(REDIRECT);
		PropertyMapper map = PropertyMapper.get();
		map.from(this.provider::getAuthorizationUri).to(client::authorizationUri);
		map.from(this.provider::getTokenUri).to(client::tokenUri);
		map.from(this.provider::getJwkSetUri).to(client::jwkSetUri);
		map.from(this.settings::getClientId).to(client::clientId);
		map.from(this.settings::getClientSecret).to(client::clientSecret);
		map.from(this.settings::getClientAuthenticationMethod)
			.as(ClientAuthenticationMethod::new)
			.to(client::clientAuthenticationMethod);
		map.from(this.settings::getRedirectUri).to(client::redirectUri);
		map.from(this.settings::getScope).to(client::scope);
		return secure(client.registrationId(this.name).build());
	}

	private static ClientRegistration secure(ClientRegistration client) throws IOException {
		ClientRegistration.ProviderDetails provider = client.getProviderDetails();
		if (!Stream.of(provider.getAuthorizationUri(), provider.getTokenUri(), provider.getJwkSetUri())
			.allMatch(ConfiguredIssuer::isSecure)) {
			throw new IOException("The provider's metadata name an address that is not behind https");
		}
		return client;
	}

	private static ClientRegistration.Builder discovered(IssuerMetadata metadata)
			throws IOException, InterruptedException {
		return ClientRegistrations.fromOidcConfiguration(JsonMapper.shared().convertValue(metadata.get(), MEMBERS));
	}

}
