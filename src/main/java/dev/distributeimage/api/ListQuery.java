package dev.distributeimage.api;

import dev.distributeimage.run.view.RunFilter;
import org.jspecify.annotations.Nullable;

/**
 * What page is asked for.
 *
 * @param pageSize how many items it has at most
 * @param pageToken where it begins, or null for the first
 * @param list the list that its page token must belong to
 */
record ListQuery(RunFilter filter, int pageSize, @Nullable String pageToken, String list) {
}
