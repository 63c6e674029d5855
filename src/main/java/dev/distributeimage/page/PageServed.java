package dev.distributeimage.page;

import dev.distributeimage.security.PageSignIn;

import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches if the page is served: it is enabled, and there is a way to sign in, or no need
 * to.
 */
class PageServed implements Condition {

	@Override
	public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
		return PageSignIn.servesPage(context.getEnvironment());
	}

}
