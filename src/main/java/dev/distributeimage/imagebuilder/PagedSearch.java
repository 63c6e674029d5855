package dev.distributeimage.imagebuilder;

import java.util.Optional;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

/**
 * A search through a list of AWS, page by page. It returns without a result only after
 * the last page: "not found" makes callers build another image, so a search that was
 * broken off fails instead.
 *
 * @param operation the AWS operation that lists
 * @param maxPages the limit to a list that never ends
 * @param mayCall whether the lease has time for another call
 */
record PagedSearch(String operation, int maxPages, BooleanSupplier mayCall) {

	/**
	 * A page of the list.
	 *
	 * @param nextToken the token of the next page, or null on the last one
	 */
	record Page<T>(Optional<T> found, @Nullable String nextToken) {
	}

	/** Fetches pages. */
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
