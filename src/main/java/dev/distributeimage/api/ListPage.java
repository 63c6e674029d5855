package dev.distributeimage.api;

import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param nextPageToken the token that requests the next page, or null on the last page
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ListPage<T>(List<T> items, @Nullable String nextPageToken) {
}
