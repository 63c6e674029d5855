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
public record ListPage<T>(List<T> items, @Nullable String nextPageToken) {

	/**
	 * The page with these items.
	 * @param more whether there is a next page
	 * @param number the number of an item, at which the next page continues
	 */
	static <F, T> ListPage<T> of(RequestedPage requested, List<F> items, boolean more, ToLongFunction<F> number,
			Function<F, T> view) {
		return of(requested, items, more ? number.applyAsLong(items.get(items.size() - 1)) : null, view);
	}

	/**
	 * The page with these items.
	 * @param last the number at which the next page continues; null on the last page
	 */
	static <F, T> ListPage<T> of(RequestedPage requested, List<F> items, @Nullable Long last, Function<F, T> view) {
		return new ListPage<>(items.stream().map(view).toList(),
				(last != null) ? PageTokens.token(requested.list(), last) : null);
	}

}
