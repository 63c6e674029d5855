package dev.distributeimage.api;

import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param nextPageToken the token that requests the next page, or null on the last page
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ListPage<T>(List<T> items, @Nullable String nextPageToken) {

	/**
	 * The page with these items.
	 * @param more whether there is a next page
	 * @param number the number of an item, at which the next page continues
	 */
	static <F, T> ListPage<T> of(ListQuery query, List<F> items, boolean more, ToLongFunction<F> number,
			Function<F, T> view) {
		String next = more ? PageTokens.token(query.list(), number.applyAsLong(items.get(items.size() - 1))) : null;
		return new ListPage<>(items.stream().map(view).toList(), next);
	}

}
