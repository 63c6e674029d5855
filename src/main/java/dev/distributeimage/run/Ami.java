package dev.distributeimage.run;

import org.jspecify.annotations.Nullable;

/**
 * An AMI that Image Builder lists among an image's outputs, one for every Region and
 * account it was copied to.
 *
 * @param image the AMI's id, {@code ami-…}
 */
public record Ami(@Nullable String region, @Nullable String accountId, @Nullable String image, @Nullable String name) {
}
