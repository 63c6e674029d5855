package dev.distributeimage.security;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

import dev.distributeimage.caller.Scope;
import dev.distributeimage.startup.Names;
import dev.distributeimage.startup.RefusedStartException;
import org.jspecify.annotations.Nullable;

/**
 * Recognises a caller by the claims of its tokens.
 *
 * @param claims the values allowed for each claim
 */
record CallerRule(String name, String issuer, Map<String, Set<String>> claims, Set<Scope> scopes, String owner,
		@Nullable String policy) {

	private static final int LONGEST_OWNER = 512;

	private static final String CALLERS = "distribute-image.security.callers";

	/**
	 * The rule that is set.
	 * @param issuers the names of the issuers that there are
	 * @throws RefusedStartException if nobody, or everybody, could match it
	 */
	static CallerRule of(String name, CallerSettings settings, List<String> issuers) {
		String setting = CALLERS + "." + Names.require(CALLERS, name);
		String issuer = settings.issuer();
		if (issuer == null && issuers.size() == 1) {
			issuer = issuers.get(0);
		}
		if (issuer == null || !issuers.contains(issuer)) {
			throw new RefusedStartException(
					"%s.issuer must be set to one of the issuers: %s.".formatted(setting, String.join(", ", issuers)));
		}
		if (settings.claims().isEmpty()) {
			throw new RefusedStartException(
					"%s.claims must be set: otherwise every token of its issuer would be this caller's."
						.formatted(setting));
		}
		String owner = (settings.owner() != null) ? settings.owner() : name;
		if (owner.isBlank() || owner.length() > LONGEST_OWNER || owner.chars().anyMatch(Character::isISOControl)) {
			throw new RefusedStartException("%s.owner must be a text of 1 to %d characters, without control characters."
				.formatted(setting, LONGEST_OWNER));
		}
		return new CallerRule(name, issuer, claims(setting, settings.claims()), scopes(setting, settings.scopes()),
				owner, settings.policy());
	}

	private static Set<Scope> scopes(String setting, List<String> texts) {
		EnumSet<Scope> scopes = EnumSet.noneOf(Scope.class);
		for (String text : texts) {
			scopes.add(Scope.of(text)
				.orElseThrow(() -> new RefusedStartException("%s.scopes must list some of %s: %s is not one of them."
					.formatted(setting, EnumSet.allOf(Scope.class), text))));
		}
		if (scopes.isEmpty()) {
			throw new RefusedStartException("%s.scopes must list some of %s: otherwise this caller could do nothing."
				.formatted(setting, EnumSet.allOf(Scope.class)));
		}
		return scopes;
	}

	private static Map<String, Set<String>> claims(String setting, Map<String, Object> claims) {
		Map<String, Set<String>> allowed = new TreeMap<>();
		claims.forEach((claim, values) -> {
			// A list is bound to a map from indexes.
			Collection<?> list = (values instanceof Map<?, ?> map) ? map.values() : List.of(values);
			if (list.stream().anyMatch((value) -> value instanceof Map || value.toString().isBlank())
					|| (values instanceof Map<?, ?> map && !map.keySet().stream().allMatch(CallerRule::isIndex))) {
				throw new RefusedStartException(
						"%s.claims must give each claim a text or a list of texts, and the name of a claim with dots stands in brackets: '[a.b]'."
							.formatted(setting));
			}
			allowed.put(claim, Set.copyOf(list.stream().map(Object::toString).distinct().toList()));
		});
		return allowed;
	}

	private static boolean isIndex(Object key) {
		return key.toString().chars().allMatch(Character::isDigit);
	}

	/** Whether a token of its issuer with these claims is the caller's. */
	boolean matches(Map<String, Object> token) {
		return this.claims.entrySet()
			.stream()
			.allMatch((claim) -> texts(token.get(claim.getKey())).anyMatch(claim.getValue()::contains));
	}

	private static Stream<String> texts(@Nullable Object value) {
		if (value instanceof Collection<?> several) {
			return several.stream().filter(CallerRule::isText).map(Object::toString);
		}
		return (value != null && isText(value)) ? Stream.of(value.toString()) : Stream.empty();
	}

	private static boolean isText(@Nullable Object value) {
		return value instanceof String || value instanceof Boolean || value instanceof Number;
	}

}
