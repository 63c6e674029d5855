package dev.distributeimage.api.contract;

import java.util.Collections;
import java.util.List;

import dev.distributeimage.api.problem.Violation;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The {@code Idempotency-Key} header of a request: the client token of a body without
 * one. The quotes that its draft standard asks for are optional.
 *
 * @param token the client token, or null if the header is absent or not valid
 */
public record IdempotencyKey(@Nullable String token, List<Violation> violations) {

	/** The key of a request that has none. */
	public static final IdempotencyKey NONE = new IdempotencyKey(null, List.of());

	private static final String HEADER = "Idempotency-Key";

	private static final int LONGEST = 64;

	/** The key of a request. */
	public static IdempotencyKey of(HttpServletRequest request) {
		List<String> values = Collections.list(request.getHeaders(HEADER));
		if (values.isEmpty()) {
			return NONE;
		}
		if (values.size() > 1) {
			return refused("Must be given only once.");
		}
		String token = unquoted(values.get(0).strip());
		return (token != null && isToken(token)) ? new IdempotencyKey(token, List.of())
				: refused("Must have 1 to 64 characters of printable ASCII, and may stand in double quotes.");
	}

	/** The violations of the key beside the client token of a body. */
	List<Violation> violations(JsonNode clientToken) {
		if (this.token == null || !clientToken.isString() || clientToken.asString().equals(this.token)) {
			return this.violations;
		}
		return List.of(Violation.ofParameter(HEADER,
				"Differs from the clientToken in the body. Send one of them, or the same value in both."));
	}

	private static IdempotencyKey refused(String detail) {
		return new IdempotencyKey(null, List.of(Violation.ofParameter(HEADER, detail)));
	}

	/** The value without its quotes, or null if they are not those of a string. */
	private static @Nullable String unquoted(String value) {
		if (!value.startsWith("\"")) {
			return value;
		}
		if (value.length() < 2 || !value.endsWith("\"")) {
			return null;
		}
		return unescaped(value.substring(1, value.length() - 1));
	}

	private static @Nullable String unescaped(String quoted) {
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < quoted.length(); i++) {
			char c = quoted.charAt(i);
			if (c == '\\') {
				i++;
				c = (i < quoted.length()) ? quoted.charAt(i) : 0;
				if (c != '"' && c != '\\') {
					return null;
				}
			}
			else if (c == '"') {
				return null;
			}
			text.append(c);
		}
		return text.toString();
	}

	private static boolean isToken(String text) {
		return !text.isEmpty() && text.length() <= LONGEST && text.chars().allMatch((c) -> c >= ' ' && c <= '~');
	}

}
