package dev.distributeimage.provider;

import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/**
 * A test of a service where callers sign in, at a provider that all such tests share. A
 * test that changes its mood changes it back; one that rotates its keys has another.
 */
public interface SecuredTest {

	/** Issues tokens as long as the JVM runs. */
	OpenIdProvider PROVIDER = OpenIdProvider.start();

	/** Tokens that seem to be the provider's. */
	Tokens TOKENS = new Tokens(PROVIDER);

	@DynamicPropertySource
	static void trustTheProvider(DynamicPropertyRegistry registry) {
		PROVIDER.letCallersIn(registry);
	}

}
