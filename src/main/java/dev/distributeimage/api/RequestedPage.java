package dev.distributeimage.api;

import dev.distributeimage.api.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list that a request asks for.
 *
 * @param size the maximum number of items
 * @param token the start of the page, or null for the first page
 * @param list the list, with its filters, to which the token must belong
 */
record RequestedPage(int size, @Nullable String token, String list) {

	/**
	 * The number of the item that the page follows; that of the first page is given.
	 * @throws ProblemException if the token belongs to another list
	 */
	long follows(long ofTheFirst) {
		return (this.token != null) ? PageTokens.number(this.list, this.token) : ofTheFirst;
	}

}
