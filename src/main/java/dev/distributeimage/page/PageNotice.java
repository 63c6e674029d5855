package dev.distributeimage.page;

import dev.distributeimage.security.PageSignIn;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/** Says at the start that there is no page, if it is wanted and nobody could sign in. */
@Component
@ConditionalOnWebApplication
class PageNotice {

	private static final Logger logger = LoggerFactory.getLogger(PageNotice.class);

	private final PageSettings settings;

	private final Environment environment;

	PageNotice(PageSettings settings, Environment environment) {
		this.settings = settings;
		this.environment = environment;
	}

	@EventListener(ApplicationReadyEvent.class)
	void say() {
		if (this.settings.enabled() && PageSignIn.of(this.environment) == PageSignIn.MISSING) {
			logger.info("The page is off: nobody could sign in to it without a client registration"
					+ " (spring.security.oauth2.client.registration)");
		}
	}

}
