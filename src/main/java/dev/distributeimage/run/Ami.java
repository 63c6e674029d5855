package dev.distributeimage.run;

import org.jspecify.annotations.Nullable;

/**
 * An AMI among an image's outputs. Image Builder lists one for every Region and account
 * that the image was copied to.
 *
 * @param image the AMI's id, {@code ami-…}
 */
public record Ami(@Nullable String region, @Nullable String accountId, @Nullable String image, @Nullable String name) {
}
