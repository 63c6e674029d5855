package dev.distributeimage.security;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.function.Supplier;

import dev.distributeimage.caller.Caller;
import dev.distributeimage.caller.Scope;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.security.authorization.AuthorizationDecision;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.authorization.AuthorizationResult;
import org.springframework.security.core.Authentication;

/** Decides who may use the management port: this machine, and callers with the scope. */
final class ManagementAccess implements AuthorizationManager<HttpServletRequest> {

	@Override
	public AuthorizationResult authorize(Supplier<? extends @Nullable Authentication> authentication,
			HttpServletRequest request) {
		if (isThisMachine(String.valueOf(request.getAttribute(WireAdapter.PEER)))) {
			return new AuthorizationDecision(true);
		}
		if (!(authentication.get() instanceof CallerAuthentication sender)) {
			return new AuthorizationDecision(false);
		}
		Caller caller = sender.caller();
		if (caller == null) {
			return (sender.refusal() != null) ? sender.refusal() : new AuthorizationDecision(false);
		}
		return caller.has(Scope.ACTUATOR) ? new AuthorizationDecision(true)
				: ApiAccess.refusal(List.of(Scope.ACTUATOR));
	}

	// An address, never a name: nothing is resolved.
	private static boolean isThisMachine(String address) {
		try {
			return InetAddress.getByName(address).isLoopbackAddress();
		}
		catch (UnknownHostException ex) {
			return false;
		}
	}

}
