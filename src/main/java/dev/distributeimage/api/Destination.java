package dev.distributeimage.api;

import org.jspecify.annotations.Nullable;

/**
 * A Region and account that an AMI is distributed to.
 *
 * @param image the AMI's id, once it is listed
 */
public record Destination(String region, String accountId, Status status, @Nullable String image) {

	/** How it stands there. */
	public enum Status {

		/** The run goes on, and no AMI is listed yet. */
		PENDING,

		/** An AMI is listed. */
		AVAILABLE,

		/** The image failed, and no AMI is listed. */
		FAILED,

		/** The run ended otherwise, and no AMI is listed. */
		UNKNOWN

	}

}
