package dev.distributeimage.security;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.distributeimage.caller.Callers;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/** Finds callers in the settings by what is stored of them. */
@Component
class ConfiguredCallers implements Callers {

	private final SecuritySettings settings;

	ConfiguredCallers(SecuritySettings settings) {
		this.settings = settings;
	}

	@Override
	public Map<String, String> policies() {
		Map<String, String> policies = new TreeMap<>();
		this.settings.callers().forEach((name, caller) -> {
			if (caller.policy() != null) {
				policies.put(name, caller.policy());
			}
		});
		return policies;
	}

	@Override
	public @Nullable String policyOf(@Nullable String createdBy) {
		int issuerEnd = (createdBy != null) ? createdBy.indexOf('/') : -1;
		int callerEnd = (createdBy != null) ? createdBy.indexOf('/', issuerEnd + 1) : -1;
		if (createdBy == null || issuerEnd < 0 || callerEnd < 0) {
			return null;
		}
		String issuer = createdBy.substring(0, issuerEnd);
		String name = createdBy.substring(issuerEnd + 1, callerEnd);
		if (this.settings.callers().isEmpty()) {
			return (name.equals(CallerRules.DEFAULT) && issuers().contains(issuer)) ? CallerRules.DEFAULT : null;
		}
		CallerSettings caller = this.settings.callers().get(name);
		return (caller != null && isOf(issuer, caller)) ? caller.policy() : null;
	}

	private boolean isOf(String issuer, CallerSettings caller) {
		return (caller.issuer() != null) ? caller.issuer().equals(issuer) : issuers().contains(issuer);
	}

	private Set<String> issuers() {
		return this.settings.issuers().isEmpty() ? Set.of(ConfiguredIssuers.DEFAULT) : this.settings.issuers().keySet();
	}

}
