package dev.distributeimage.security;

import java.util.Map;

import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Tells how people get to the page. */
public enum PageSignIn {

	/** They need not sign in. */
	NOT_NEEDED,

	/** They sign in with a client registration. */
	POSSIBLE,

	/** They would have to sign in, and cannot. */
	MISSING;

	public static PageSignIn of(Environment environment) {
		Binder settings = Binder.get(environment);
		if (Mode.of(environment) == Mode.OPEN) {
			return NOT_NEEDED;
		}
		Map<String, Object> registrations = settings
			.bind("spring.security.oauth2.client.registration", Bindable.mapOf(String.class, Object.class))
			.orElse(null);
		return (registrations == null || registrations.isEmpty()) ? MISSING : POSSIBLE;
	}

	/** Whether the page is wanted, and people can get to it. */
	public static boolean servesPage(Environment environment) {
		boolean enabled = Boolean.TRUE
			.equals(Binder.get(environment).bind("distribute-image.page.enabled", Boolean.class).orElse(Boolean.TRUE));
		return enabled && of(environment) != MISSING;
	}

	/** Matches if people sign in to the page. */
	static class Needed implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return servesPage(context.getEnvironment()) && of(context.getEnvironment()) == POSSIBLE;
		}

	}

}
