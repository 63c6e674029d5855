package dev.distributeimage.imagebuilder;

import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Searches a list of AWS page by page. An incomplete search fails instead of finding
 * nothing, because "not found" makes callers build another image.
 *
 * @param operation the AWS operation that returns the list
 * @param maxPages the number of pages after which the search fails
 * @param mayCall whether the lease has time for another call
 */
record PagedSearch(String operation, int maxPages, BooleanSupplier mayCall) {

	/**
	 * Page of the list.
	 *
	 * @param nextToken the token of the next page, or null on the last page
	 */
	record Page<T>(Optional<T> found, @Nullable String nextToken) {
	}

	/** Fetches a page of the list. */
	interface Pages<T> {

		Page<T> get(@Nullable String token);

	}

	<T> Optional<T> find(Pages<T> pages) {
		String token = null;
		for (int i = 0; i < this.maxPages; i++) {
			requireTime();
			Page<T> page = pages.get(token);
			if (page.found().isPresent() || page.nextToken() == null) {
				return page.found();
			}
			token = page.nextToken();
		}
		throw incomplete("The list has more than %d pages".formatted(this.maxPages));
	}

	void requireTime() {
		if (!this.mayCall.getAsBoolean()) {
			throw incomplete("The lease has no time left for another call");
		}
	}

	private ImageBuilderException incomplete(String message) {
		return new ImageBuilderException(this.operation, FailedCall.unusable(message, null), null);
	}

}
