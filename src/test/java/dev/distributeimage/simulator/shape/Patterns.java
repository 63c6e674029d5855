package dev.distributeimage.simulator.shape;

import java.util.regex.Pattern;

/** The model's regular expressions, which are ECMA's, as Java's with the same meaning. */
final class Patterns {

	private Patterns() {
	}

	/**
	 * Java's {@code $} also matches before a last line break, which would let
	 * {@code "name\n"} through.
	 */
	static Pattern compile(String expression) {
		boolean anchored = expression.endsWith("$") && !expression.endsWith("\\$");
		String strict = anchored ? expression.substring(0, expression.length() - 1) + "\\z" : expression;
		return Pattern.compile(strict);
	}

}
