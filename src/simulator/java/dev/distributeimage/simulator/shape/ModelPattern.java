package dev.distributeimage.simulator.shape;

import java.util.regex.Pattern;

/**
 * A regular expression of the model's, which is ECMA's, and Java's with the same meaning.
 */
record ModelPattern(String expression, Pattern compiled) {

	/**
	 * Java's {@code $} also matches before a last line break, which would let
	 * {@code "name\n"} through.
	 */
	static ModelPattern of(String expression) {
		boolean anchored = expression.endsWith("$") && !expression.endsWith("\\$");
		String strict = anchored ? expression.substring(0, expression.length() - 1) + "\\z" : expression;
		return new ModelPattern(expression, Pattern.compile(strict));
	}

	/**
	 * Whether it is found anywhere, as in ECMA: most patterns carry their own anchors.
	 */
	boolean matches(String text) {
		return this.compiled.matcher(text).find();
	}

}
