package dev.distributeimage.security;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import dev.distributeimage.startup.RefusedStartException;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.function.support.RouterFunctionMapping;
import org.springframework.web.servlet.handler.AbstractUrlHandlerMapping;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

/** Refuses to start with a handler that has no rule: everybody would be refused by it. */
final class HandlerRuleCheck implements SmartInitializingSingleton {

	private final List<HandlerMapping> mappings;

	HandlerRuleCheck(List<HandlerMapping> mappings) {
		this.mappings = mappings;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.mappings.stream().flatMap(HandlerRuleCheck::operations).forEach((operation) -> {
			if (!AccessRules.cover(operation.method(), operation.pattern())) {
				throw new RefusedStartException("%s %s has no rule that says who may use it: add one to AccessRules."
					.formatted(operation.method(), operation.pattern()));
			}
		});
	}

	private static Stream<Operation> operations(HandlerMapping mapping) {
		if (mapping instanceof RequestMappingInfoHandlerMapping methods) {
			return methods.getHandlerMethods().keySet().stream().flatMap(HandlerRuleCheck::operations);
		}
		if (mapping instanceof AbstractUrlHandlerMapping urls) {
			Stream<String> root = (urls.getRootHandler() != null) ? Stream.of("/") : Stream.empty();
			return Stream.concat(urls.getHandlerMap().keySet().stream(), root)
				.map((pattern) -> new Operation("GET", pattern));
		}
		boolean isEmpty = mapping instanceof RouterFunctionMapping routes && routes.getRouterFunction() == null;
		return isEmpty ? Stream.empty() : Stream.of(new Operation(mapping.toString(), "*"));
	}

	// A mapping without a method has all of them.
	private static Stream<Operation> operations(RequestMappingInfo mapping) {
		Set<RequestMethod> methods = mapping.getMethodsCondition().getMethods();
		return (methods.isEmpty() ? Stream.of(RequestMethod.values()) : methods.stream()).flatMap((
				method) -> mapping.getPatternValues().stream().map((pattern) -> new Operation(method.name(), pattern)));
	}

	private record Operation(String method, String pattern) {
	}

}
