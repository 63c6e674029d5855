package dev.distributeimage.api.contract;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches unless {@code distribute-image.docs} is off: then no document is served. */
class DocumentsServed implements Condition {

	@Override
	public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
		return !Boolean.FALSE
			.equals(Binder.get(context.getEnvironment()).bind("distribute-image.docs", Boolean.class).orElse(true));
	}

}
