package dev.distributeimage.audit;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Published when a request is answered with an error; {@link AuditTrail} records those
 * that are refusals.
 *
 * @param status the status of the answer
 * @param rule the rule that the answer names, or null
 */
public record RequestFailed(HttpServletRequest request, int status, @Nullable String rule) {

	private static final String RULE = RequestFailed.class.getName() + ".rule";

	/** Names the rule for the record, where the answer names none. */
	public static void because(HttpServletRequest request, String rule) {
		request.setAttribute(RULE, rule);
	}

	@Nullable String brokenRule() {
		return (this.rule != null) ? this.rule : (String) this.request.getAttribute(RULE);
	}

}
