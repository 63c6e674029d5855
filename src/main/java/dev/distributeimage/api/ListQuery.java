package dev.distributeimage.api;

import dev.distributeimage.run.view.RunFilter;
import org.jspecify.annotations.Nullable;

/**
 * A request for a page of a list.
 *
 * @param pageSize the maximum number of items
 * @param pageToken the start of the page, or null for the first page
 * @param list the list, with its filters, to which the page token must belong
 */
record ListQuery(RunFilter filter, int pageSize, @Nullable String pageToken, String list) {
}
