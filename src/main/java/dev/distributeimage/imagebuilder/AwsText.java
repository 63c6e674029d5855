package dev.distributeimage.imagebuilder;

import org.jspecify.annotations.Nullable;

/** Texts of AWS, which nobody may trust: of any length and with any character. */
final class AwsText {

	/** In characters of Java. */
	static final int MAX_LENGTH = 2_000;

	private static final char REPLACEMENT = '\uFFFD';

	private AwsText() {
	}

	/**
	 * The text cut to 2,000 characters, with U+0000 and lone surrogates replaced:
	 * PostgreSQL takes neither.
	 */
	static String clean(String text) {
		String cut = (text.length() > MAX_LENGTH) ? text.substring(0, MAX_LENGTH) : text;
		StringBuilder clean = new StringBuilder(cut.length());
		cut.codePoints().forEach((point) -> clean.appendCodePoint(isStorable(point) ? point : REPLACEMENT));
		return clean.toString();
	}

	static @Nullable String cleanOrNull(@Nullable String text) {
		return (text != null) ? clean(text) : null;
	}

	static @Nullable String blankToNull(@Nullable String text) {
		return (text != null && !text.isBlank()) ? clean(text) : null;
	}

	// codePoints() yields a surrogate only where it has no partner.
	private static boolean isStorable(int point) {
		return point != 0 && (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE);
	}

}
