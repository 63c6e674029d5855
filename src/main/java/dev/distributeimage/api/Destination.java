package dev.distributeimage.api;

import org.jspecify.annotations.Nullable;

/**
 * A Region and account that an AMI is distributed to, or the Region of a container image.
 *
 * @param image the AMI's id or the first URI of the container image, once it is listed
 * @param reason AWS's explanation of the status
 */
public record Destination(String region, String accountId, Status status, @Nullable String image,
		@Nullable String reason) {

	/** The state of the distribution to one destination. */
	public enum Status {

		/** The run ended before AWS can have begun an image. */
		NOT_STARTED,

		/** The run is in progress, and AWS reports neither success nor failure yet. */
		PENDING,

		/** AWS reports success, or lists an image and says nothing about it. */
		AVAILABLE,

		/** AWS reports a failure, or the image has failed and nothing is listed here. */
		FAILED,

		/** The run has ended in another way, without a final word of AWS. */
		UNKNOWN

	}

}
