package dev.distributeimage.api;

import org.springframework.context.ApplicationContext;

/** Leads straight to any page of a list, for those who do not want to leaf through. */
public final class ListedRuns {

	private ListedRuns() {
	}

	/**
	 * The path of the page whose first run is the newest before that number.
	 * @param filters as in a URL, in the order of their names
	 */
	public static String pageBefore(ApplicationContext service, String filters, long number) {
		String token = service.getBean(PageTokens.class).token("runs?" + filters, number);
		return "/v1/runs?" + (filters.isEmpty() ? "" : filters + "&") + "pageToken=" + token;
	}

}
