package dev.distributeimage.run;

import org.jspecify.annotations.Nullable;

/**
 * An AMI among an image's outputs. Image Builder lists one for every Region and account
 * that the image was copied to, also where the copy failed.
 *
 * @param image the AMI's id, {@code ami-…}
 * @param status AWS's status of this AMI alone, stored verbatim, or null if AWS says
 * nothing about it
 * @param reason AWS's explanation of that status
 */
public record Ami(@Nullable String region, @Nullable String accountId, @Nullable String image, @Nullable String name,
		@Nullable String status, @Nullable String reason) {
}
