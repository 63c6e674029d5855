package dev.distributeimage.security;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether callers sign in. There is always exactly one mode: Spring Boot's own condition
 * knows only {@code true} and {@code false}, and would leave both out for {@code yes}.
 */
enum Mode {

	/** Everybody may do everything. */
	OPEN,

	/** Callers need a token. */
	SIGN_IN;

	static Mode of(Environment environment) {
		Boolean open = Binder.get(environment).bind("distribute-image.security.open", Boolean.class).orElse(false);
		return Boolean.TRUE.equals(open) ? OPEN : SIGN_IN;
	}

	/** Matches in open mode. */
	static class Open implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return Mode.of(context.getEnvironment()) == OPEN;
		}

	}

	/** Matches where callers sign in. */
	static class SignIn implements Condition {

		@Override
		public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
			return Mode.of(context.getEnvironment()) == SIGN_IN;
		}

	}

}
