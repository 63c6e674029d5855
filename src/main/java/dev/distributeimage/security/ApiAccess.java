package dev.distributeimage.security;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Scope;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;

/**
 * Decides who may do what with the API. A caller may ask for what is not there, and is
 * told so; everybody else would learn what is.
 */
final class ApiAccess implements AuthorizationManager<HttpServletRequest> {

	/** Marks a request that no handler may serve. */
	static final String WITHOUT_RULE = ApiAccess.class.getName() + ".withoutRule";

	private static final AuthorizationDecision GRANTED = new AuthorizationDecision(true);

	@Override
	public AuthorizationResult authorize(Supplier<? extends @Nullable Authentication> authentication,
			HttpServletRequest request) {
		if (request.getAttribute(WireAdapter.TRACE) != null && AccessRules.knowPath(request)) {
			// Only the handler's methods are told, with 405.
			return GRANTED;
		}
		if (!(authentication.get() instanceof CallerAuthentication sender)) {
			return new AuthorizationDecision(false);
		}
		Caller caller = sender.caller();
		if (caller == null) {
			return (sender.refusal() != null) ? sender.refusal() : new AuthorizationDecision(false);
		}
		Optional<AccessRules.Rule> rule = AccessRules.found(request);
		if (rule.isEmpty()) {
			request.setAttribute(WITHOUT_RULE, true);
			return GRANTED;
		}
		List<Scope> scopes = rule.get().scopes();
		return (scopes.isEmpty() || scopes.stream().anyMatch(caller::has)) ? GRANTED : refusal(scopes);
	}

	static Refusal refusal(List<Scope> scopes) {
		return new Refusal("scope", "This takes the scope %s, which the caller does not have."
			.formatted(scopes.stream().map(Scope::toString).collect(Collectors.joining(" or "))));
	}

}
