package dev.distributeimage.audit;

import java.util.List;
import java.util.Map;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of a start, as far as they are recorded.
 *
 * @param account the account of the run
 * @param region the Region that the run begins in
 * @param recipe the recipe of an image or a container, or null if nothing is built
 * @param distributionName the name of the configuration to create, or null
 * @param regions the Regions that get an output
 * @param sharedWith how many other accounts, organizations and organizational units get
 * the image or may launch it
 * @param isPublic whether everybody may launch it
 * @param inputsSha256 the digest of the inputs, in hexadecimal digits
 */
public record AuditedInputs(String account, String region, @Nullable String recipe, @Nullable String distributionName,
		List<String> regions, int sharedWith, boolean isPublic, String inputsSha256) {

	private static final String ATTRIBUTE = AuditedInputs.class.getName();

	/** Makes this what a request asks for, should it be refused. */
	public void attachTo(HttpServletRequest request) {
		request.setAttribute(ATTRIBUTE, this);
	}

	static @Nullable AuditedInputs of(HttpServletRequest request) {
		return (AuditedInputs) request.getAttribute(ATTRIBUTE);
	}

	void addTo(Map<String, Object> members) {
		members.put("account", this.account);
		members.put("region", this.region);
		AuditEvent.put(members, "recipe", this.recipe);
		AuditEvent.put(members, "distributionName", this.distributionName);
		members.put("regions", this.regions);
		members.put("sharedWith", this.sharedWith);
		members.put("public", this.isPublic);
		members.put("inputsSha256", this.inputsSha256);
	}

}
