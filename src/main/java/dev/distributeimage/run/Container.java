package dev.distributeimage.run;

import java.util.List;

import org.jspecify.annotations.Nullable;

/** The container images that Image Builder lists for a Region. */
public record Container(@Nullable String region, List<String> imageUris) {
}
