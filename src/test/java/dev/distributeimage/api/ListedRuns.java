package dev.distributeimage.api;

/** Leads straight to any page of a list. */
public final class ListedRuns {

	private ListedRuns() {
	}

	/**
	 * The path of the page whose first run is the newest before that number.
	 * @param filters as in a URL, in the order of their names
	 */
	public static String pageBefore(String filters, long number) {
		String token = PageTokens.token("runs?" + filters, number);
		return "/v1/runs?" + (filters.isEmpty() ? "" : filters + "&") + "pageToken=" + token;
	}

}
