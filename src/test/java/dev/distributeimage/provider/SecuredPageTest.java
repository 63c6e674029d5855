package dev.distributeimage.provider;

import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** A test of a service where people, too, sign in at the provider: it has the page. */
public interface SecuredPageTest extends SecuredTest {

	@DynamicPropertySource
	static void openThePage(DynamicPropertyRegistry registry) {
		PROVIDER.letPeopleIn(registry);
	}

}
