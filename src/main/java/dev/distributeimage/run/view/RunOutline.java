package dev.distributeimage.run.view;

import org.jspecify.annotations.Nullable;

/**
 * Facts about a run that are needed before it is shown or changed.
 *
 * @param weight the weight of its inputs, image, destinations and retries, in bytes
 * @param owner to whom it belongs; null without sign-in
 */
public record RunOutline(int weight, @Nullable String owner) {
}
