package dev.distributeimage.security;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Scope;
import org.jspecify.annotations.Nullable;

import org.springframework.security.oauth2.jwt.Jwt;

/** Tells whose a token is. */
final class CallerRules {

	/** The name and the policy of every sender, where no callers are set. */
	static final String DEFAULT = "default";

	private static final Refusal NO_CALLER = new Refusal("no-caller",
			"The token is good, but its claims are those of no caller that this service knows.");

	private static final Refusal AMBIGUOUS_CALLER = new Refusal("ambiguous-caller",
			"The token is good, but its claims are those of more than one caller.");

	private final List<CallerRule> rules;

	private CallerRules(List<CallerRule> rules) {
		this.rules = rules;
	}

	/** The rules that are set. */
	static CallerRules of(SecuritySettings settings, List<ConfiguredIssuer> issuers) {
		List<String> names = issuers.stream().map(ConfiguredIssuer::name).toList();
		return new CallerRules(settings.callers()
			.entrySet()
			.stream()
			.map((caller) -> CallerRule.of(caller.getKey(), caller.getValue(), names))
			.toList());
	}

	/** The caller whose token it is, or a refusal. */
	CallerAuthentication authentication(ConfiguredIssuer issuer, Jwt token) {
		@Nullable Set<Scope> scopes = scopes(issuer.settings().scopeClaim(), token);
		String subject = Objects.requireNonNull(token.getSubject(), "Checked before");
		if (this.rules.isEmpty()) {
			return CallerAuthentication.of(new Caller(issuer.name(), DEFAULT, subject, subject, DEFAULT,
					(scopes != null) ? scopes : Set.of(), known(token)));
		}
		List<CallerRule> matching = this.rules.stream()
			.filter((rule) -> rule.issuer().equals(issuer.name()) && rule.matches(token.getClaims()))
			.toList();
		if (matching.size() != 1) {
			return CallerAuthentication.refused(Caller.stranger(issuer.name(), subject, known(token)),
					matching.isEmpty() ? NO_CALLER : AMBIGUOUS_CALLER);
		}
		CallerRule rule = matching.get(0);
		return CallerAuthentication.of(new Caller(issuer.name(), rule.name(), subject, rule.owner(), rule.policy(),
				intersection(rule.scopes(), scopes), known(token)));
	}

	private static Set<Scope> intersection(Set<Scope> scopes, @Nullable Set<Scope> others) {
		EnumSet<Scope> both = EnumSet.copyOf(scopes);
		if (others != null) {
			both.retainAll(others);
		}
		return both;
	}

	// Null without such a claim. Scopes of other services are left out.
	private static @Nullable Set<Scope> scopes(@Nullable String name, Jwt token) {
		List<String> names = (name != null) ? List.of(name) : List.of("scope", "scp");
		Object claim = names.stream().filter(token::hasClaim).findFirst().map(token.getClaims()::get).orElse(null);
		if (claim == null) {
			return null;
		}
		Stream<?> texts = (claim instanceof Collection<?> several) ? several.stream()
				: Stream.of(claim.toString().split(" "));
		EnumSet<Scope> scopes = EnumSet.noneOf(Scope.class);
		texts.forEach((text) -> Scope.of(String.valueOf(text)).ifPresent(scopes::add));
		return scopes;
	}

	private static Caller.Token known(Jwt token) {
		String client = text(token, "azp");
		return new Caller.Token((client != null) ? client : text(token, "client_id"), text(token, "jti"),
				Objects.requireNonNull(token.getExpiresAt(), "Checked before"));
	}

	private static @Nullable String text(Jwt token, String claim) {
		return (token.getClaims().get(claim) instanceof String text) ? text : null;
	}

}
