package dev.distributeimage.security;

import java.util.List;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientProperties;
import org.springframework.boot.security.oauth2.client.autoconfigure.OAuth2ClientPropertiesMapper;
import org.springframework.context.annotation.Conditional;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.SupplierClientRegistrationRepository;
import org.springframework.stereotype.Component;

/**
 * The client registration that people sign in with, as Spring's own properties set it.
 * Its provider is asked for its addresses when somebody signs in for the first time: the
 * start does not depend on it.
 */
@Component
@ConditionalOnWebApplication
@Conditional(PageSignIn.Needed.class)
class PageClients {

	private final String registration;

	private final ClientRegistrationRepository repository;

	PageClients(OAuth2ClientProperties properties) {
		// The first by name, if there are several.
		this.registration = properties.getRegistration().keySet().stream().sorted().findFirst().orElseThrow();
		this.repository = new SupplierClientRegistrationRepository(() -> new InMemoryClientRegistrationRepository(
				List.copyOf(new OAuth2ClientPropertiesMapper(properties).asClientRegistrations().values())));
	}

	String registration() {
		return this.registration;
	}

	ClientRegistrationRepository repository() {
		return this.repository;
	}

}
