package dev.distributeimage.log;

import java.util.HexFormat;

/**
 * Encodes texts for the log. Callers and AWS write parts of it, and a line break, an
 * escape sequence of a terminal or a change of direction would let them write whole lines
 * that look like the service's own.
 */
final class LogText {

	private static final HexFormat HEX = HexFormat.of();

	private LogText() {
	}

	/**
	 * Replaces all that is not visible by backslash, u and four hexadecimal digits:
	 * control characters, line and paragraph separators, format characters such as those
	 * of bidirectional text, and unpaired surrogates.
	 */
	static String encode(String text) {
		return text.codePoints().noneMatch(LogText::isInvisible) ? text : encoded(text);
	}

	private static String encoded(String text) {
		StringBuilder encoded = new StringBuilder(text.length() + 16);
		text.codePoints().forEach((point) -> {
			if (isInvisible(point)) {
				Character.toString(point).chars().forEach((unit) -> append(encoded, (char) unit));
			}
			else {
				encoded.appendCodePoint(point);
			}
		});
		return encoded.toString();
	}

	private static void append(StringBuilder encoded, char unit) {
		encoded.append("\\u").append(HEX.toHexDigits(unit));
	}

	private static boolean isInvisible(int point) {
		return switch (Character.getType(point)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.SURROGATE ->
				true;
			default -> false;
		};
	}

}
