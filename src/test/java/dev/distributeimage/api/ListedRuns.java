package dev.distributeimage.api;

/** Addresses any page of a list directly. */
public final class ListedRuns {

	private ListedRuns() {
	}

	/**
	 * Returns the path of the page that begins with the newest run before this number.
	 * @param filters as in a URL, sorted by name
	 */
	public static String pageBefore(String filters, long number) {
		String token = PageTokens.token("runs?" + filters, number);
		return "/v1/runs?" + (filters.isEmpty() ? "" : filters + "&") + "pageToken=" + token;
	}

}
