package dev.distributeimage.policy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.distributeimage.policy.PolicySettings.LimitOverrides;
import dev.distributeimage.startup.Names;
import dev.distributeimage.startup.RefusedStartException;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.core.env.Environment;

/** Finds the policies in the settings. */
final class ConfiguredPolicies {

	private static final String PREFIX = "distribute-image.policies";

	private ConfiguredPolicies() {
	}

	/**
	 * The policies that are set, by name.
	 * @throws RefusedStartException if a key is not known, or a value cannot be meant
	 */
	static Map<String, Policy> of(Environment environment) {
		Map<String, Policy> policies = new LinkedHashMap<>();
		bound(environment).forEach((name, settings) -> {
			Names.require(PREFIX, name);
			policies.put(name,
					new Policy(name, PolicyRules.of(PREFIX + "." + name, settings), limits(name, settings.limits())));
		});
		return policies;
	}

	private static LimitOverrides limits(String policy, LimitOverrides limits) {
		boolean positive = Stream
			.of(limits.starts(), limits.validations(), limits.runsInFlight(), limits.openRequests(), limits.requests(),
					limits.burst())
			.allMatch((limit) -> limit == null || limit > 0);
		if (!positive) {
			throw new RefusedStartException("%s.%s.limits.* must be at least 1.".formatted(PREFIX, policy));
		}
		return limits;
	}

	// A key that is misspelled would be left out: a limit that is not one.
	private static Map<String, PolicySettings> bound(Environment environment) {
		BindHandler strict = new NoUnboundElementsBindHandler(BindHandler.DEFAULT, (source) -> true);
		try {
			BindResult<Map<String, PolicySettings>> bound = Binder.get(environment)
				.bind(PREFIX, Bindable.mapOf(String.class, PolicySettings.class), strict);
			return bound.isBound() ? bound.get() : Map.of();
		}
		catch (BindException ex) {
			throw new RefusedStartException((ex.getCause() instanceof UnboundConfigurationPropertiesException unbound)
					? unknown(unbound) : malformed(ex));
		}
	}

	private static String unknown(UnboundConfigurationPropertiesException ex) {
		String names = ex.getUnboundProperties()
			.stream()
			.map((property) -> property.getName().toString())
			.collect(Collectors.joining(", "));
		return "A policy has no such key, which must be corrected or removed: %s.".formatted(names);
	}

	private static String malformed(BindException ex) {
		Class<?> wanted = ex.getTarget().getType().resolve(Object.class);
		String kind = "the keys of a policy";
		if (wanted == boolean.class) {
			kind = "true or false";
		}
		else if (wanted == int.class || wanted == Integer.class) {
			kind = "a whole number";
		}
		else if (List.class.isAssignableFrom(wanted)) {
			kind = "a list";
		}
		return "%s must be %s.".formatted(ex.getName(), kind);
	}

}
