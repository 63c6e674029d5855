package dev.distributeimage.simulator;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * A copy of the image that failed.
 *
 * @param region the copy's Region
 * @param account the copy's account; null for all accounts of the Region
 * @param reason AWS's reason
 * @param signs the places where AWS tells of it
 */
public record FailedCopy(String region, @Nullable String account, String reason, Set<Sign> signs) {

	/** A place where AWS tells of a failed copy. One copy may show several signs. */
	public enum Sign {

		/** Its AMI is listed with the state FAILED and the reason. */
		AMI_STATE,

		/** Its AMI is not listed. */
		NO_AMI,

		/** It is among the {@code regionFailures} of the image's failureContext. */
		REGION_FAILURE

	}

	public FailedCopy {
		signs = Set.copyOf(signs);
	}

	/** The failure of a Region, without an account. */
	public static FailedCopy in(String region, String reason, Sign... signs) {
		return new FailedCopy(region, null, reason, Set.of(signs));
	}

	/** A copy that failed in this account alone. */
	public FailedCopy of(String other) {
		return new FailedCopy(this.region, other, this.reason, this.signs);
	}

	boolean shows(Sign sign) {
		return this.signs.contains(sign);
	}

	boolean concerns(String otherRegion, String otherAccount) {
		return this.region.equals(otherRegion) && (this.account == null || this.account.equals(otherAccount));
	}

}
