package dev.distributeimage.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One page of a list and the token of the next page. A token is valid only for the
 * query that it was issued for.
 */
record Page<T>(List<T> items, @Nullable String nextToken) {

	private static final int LARGEST = 25;

	private static final Pattern TOKEN = Pattern.compile("(-?\\d{1,10}):(\\d{1,9})");

	static <T> Page<T> of(List<T> all, Call call) {
		int start = start(call);
		int size = call.parameters().path("maxResults").asInt(LARGEST);
		int end = Math.min(all.size(), start + size);
		List<T> items = (start < end) ? all.subList(start, end) : List.of();
		return new Page<>(items, (end < all.size()) ? token(call, end) : null);
	}

	void addTokenTo(ObjectNode answer) {
		if (this.nextToken != null) {
			answer.put("nextToken", this.nextToken);
		}
	}

	private static int start(Call call) {
		String token = call.parameter("nextToken");
		if (token.isEmpty()) {
			return 0;
		}
		Matcher matcher = TOKEN.matcher(decoded(token));
		if (!matcher.matches() || !matcher.group(1).equals(String.valueOf(query(call)))) {
			throw new ApiException(400, "InvalidPaginationTokenException", "The pagination token is not valid.");
		}
		return Integer.parseInt(matcher.group(2));
	}

	private static String token(Call call, int start) {
		byte[] token = (query(call) + ":" + start).getBytes(StandardCharsets.US_ASCII);
		return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
	}

	private static int query(Call call) {
		ObjectNode query = (ObjectNode) call.parameters().deepCopy();
		query.remove(List.of("nextToken", "maxResults"));
		return (call.region() + call.operation() + query).hashCode();
	}

	private static String decoded(String token) {
		try {
			return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII);
		}
		catch (IllegalArgumentException ex) {
			return "";
		}
	}

}
