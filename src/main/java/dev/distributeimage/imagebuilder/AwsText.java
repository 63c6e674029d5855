package dev.distributeimage.imagebuilder;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Sanitizes texts from AWS, which may have any length and contain any character. */
final class AwsText {

	/** Maximum length in UTF-16 code units. */
	static final int MAX_LENGTH = 2_000;

	/** An identity in AWS: a role, a session of a role, a user, an instance profile. */
	private static final Pattern IDENTITY = Pattern
		.compile("arn:(aws[a-z0-9-]{0,32}+):(sts|iam)::[a-z0-9]{0,64}+:([a-z-]{1,32}+)(/[!-~&&[^\"'<>()]]{1,2048}+)?");

	private static final char REPLACEMENT = '\uFFFD';

	private AwsText() {
	}

	/**
	 * Cuts the text to 2,000 characters and replaces U+0000 and lone surrogates, which
	 * PostgreSQL rejects.
	 */
	static String clean(String text) {
		if (text.length() <= MAX_LENGTH && text.chars().allMatch(AwsText::isPlain)) {
			return text;
		}
		String cut = (text.length() > MAX_LENGTH) ? text.substring(0, MAX_LENGTH) : text;
		StringBuilder clean = new StringBuilder(cut.length());
		cut.codePoints().forEach((point) -> clean.appendCodePoint(isStorable(point) ? point : REPLACEMENT));
		return clean.toString();
	}

	/**
	 * Cleans the text and hides the accounts and names of identities in AWS, which are
	 * mostly the service's own: {@code arn:aws:sts::…:assumed-role/…}.
	 */
	static String forCallers(String text) {
		return clean(IDENTITY.matcher(text)
			.replaceAll((identity) -> "arn:%s:%s::…:%s%s".formatted(identity.group(1), identity.group(2),
					identity.group(3), (identity.group(4) != null) ? "/…" : "")));
	}

	/** Cleans all texts of a JSON object, and hides identities in them. */
	static JsonNode forCallers(JsonNode node) {
		if (node.isObject()) {
			ObjectNode clean = JsonNodeFactory.instance.objectNode();
			node.forEachEntry((name, value) -> clean.set(clean(name), forCallers(value)));
			return clean;
		}
		if (node.isArray()) {
			ArrayNode clean = JsonNodeFactory.instance.arrayNode(node.size());
			node.forEach((element) -> clean.add(forCallers(element)));
			return clean;
		}
		return node.isString() ? StringNode.valueOf(forCallers(node.stringValue())) : node;
	}

	static @Nullable String cleanOrNull(@Nullable String text) {
		return (text != null) ? clean(text) : null;
	}

	static @Nullable String cleanOrNullIfBlank(@Nullable String text) {
		return (text != null && !text.isBlank()) ? clean(text) : null;
	}

	private static boolean isPlain(int character) {
		return character != 0 && !Character.isSurrogate((char) character);
	}

	// codePoints() yields only unpaired surrogates.
	private static boolean isStorable(int point) {
		return point != 0 && (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE);
	}

}
