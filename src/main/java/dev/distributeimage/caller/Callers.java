package dev.distributeimage.caller;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/** The callers that the settings know at present. */
public interface Callers {

	/** The names of their policies, by caller. Callers without a policy are left out. */
	Map<String, String> policies();

	/**
	 * The policy of the caller that has started a run, or null if it has none, or is not
	 * known any more.
	 * @param createdBy what {@link Caller#createdBy()} was then
	 */
	@Nullable String policyOf(@Nullable String createdBy);

}
