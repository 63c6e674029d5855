package dev.distributeimage.simulator.shape;

import java.util.regex.Pattern;

/** A regular expression of the model: ECMA syntax with the same meaning in Java. */
record ModelPattern(String expression, Pattern compiled) {

	/**
	 * Replaces a final {@code $}, which in Java also matches before a last line break and
	 * would accept {@code "name\n"}.
	 */
	static ModelPattern of(String expression) {
		boolean anchored = expression.endsWith("$") && !expression.endsWith("\\$");
		String strict = anchored ? expression.substring(0, expression.length() - 1) + "\\z" : expression;
		return new ModelPattern(expression, Pattern.compile(strict));
	}

	/** Searches the whole text, as ECMA does; most patterns carry their own anchors. */
	boolean matches(String text) {
		return this.compiled.matcher(text).find();
	}

}
