package dev.distributeimage.api;

import org.jspecify.annotations.Nullable;

/**
 * A Region and account that an AMI is distributed to.
 *
 * @param image the AMI's id, once it is listed
 */
public record Destination(String region, String accountId, Status status, @Nullable String image) {

	/** The state of the distribution to one destination. */
	public enum Status {

		/** The run is in progress, and no AMI is listed yet. */
		PENDING,

		/** An AMI is listed. */
		AVAILABLE,

		/** The image has failed, and no AMI is listed. */
		FAILED,

		/** The run has ended in another way, and no AMI is listed. */
		UNKNOWN

	}

}
