package dev.distributeimage.imagebuilder;

import org.jspecify.annotations.Nullable;

/** Sanitizes texts from AWS, which may have any length and contain any character. */
final class AwsText {

	/** Maximum length in UTF-16 code units. */
	static final int MAX_LENGTH = 2_000;

	private static final char REPLACEMENT = '\uFFFD';

	private AwsText() {
	}

	/**
	 * Cuts the text to 2,000 characters and replaces U+0000 and lone surrogates, which
	 * PostgreSQL rejects.
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

	static @Nullable String cleanOrNullIfBlank(@Nullable String text) {
		return (text != null && !text.isBlank()) ? clean(text) : null;
	}

	// codePoints() yields only unpaired surrogates.
	private static boolean isStorable(int point) {
		return point != 0 && (point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE);
	}

}
