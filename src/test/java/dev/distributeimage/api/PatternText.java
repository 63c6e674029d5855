package dev.distributeimage.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;

/**
 * Generates a text that matches a pattern of the contract. Supports only the regular
 * expressions that the contract uses.
 */
final class PatternText {

	private static final String PRINTABLE = "abcxyzABCXYZ0123456789-_.:/=+@ ~!#$%&'()*,;<>?[]^`{|}\"";

	private final String pattern;

	private final Random random;

	private int at;

	private PatternText(String pattern, Random random) {
		this.pattern = pattern;
		this.random = random;
	}

	/** Satisfies a lookahead by trying again. */
	static String of(String pattern, Random random) {
		Pattern compiled = Pattern.compile(pattern);
		while (true) {
			String text = new PatternText(pattern, random).alternatives();
			if (compiled.matcher(text).find()) {
				return text;
			}
		}
	}

	private String alternatives() {
		List<String> alternatives = new ArrayList<>(List.of(sequence()));
		while (is('|')) {
			this.at++;
			alternatives.add(sequence());
		}
		return alternatives.get(this.random.nextInt(alternatives.size()));
	}

	private String sequence() {
		StringBuilder text = new StringBuilder();
		while (this.at < this.pattern.length() && !is('|') && !is(')')) {
			int start = this.at;
			atom();
			int times = quantifier();
			int end = this.at;
			for (int i = 0; i < times; i++) {
				this.at = start;
				text.append(atom());
			}
			this.at = end;
		}
		return text.toString();
	}

	private String atom() {
		char c = next();
		return switch (c) {
			case '^', '$' -> "";
			case '(' -> group();
			case '[' -> oneOf(characters());
			case '\\' -> oneOf(escaped());
			default -> String.valueOf(c);
		};
	}

	private String group() {
		boolean looksAhead = false;
		if (is('?')) {
			this.at++;
			looksAhead = next() != ':';
		}
		String text = alternatives();
		next();
		return looksAhead ? "" : text;
	}

	private String characters() {
		boolean negated = is('^');
		this.at += negated ? 1 : 0;
		StringBuilder characters = new StringBuilder();
		while (!is(']')) {
			String from = is('\\') ? escapedInClass() : String.valueOf(next());
			if (is('-') && this.pattern.charAt(this.at + 1) != ']' && from.length() == 1) {
				next();
				String to = is('\\') ? escapedInClass() : String.valueOf(next());
				for (char c = from.charAt(0); c <= to.charAt(0); c++) {
					characters.append(c);
				}
			}
			else {
				characters.append(from);
			}
		}
		next();
		return negated ? without(characters.toString()) : characters.toString();
	}

	private String escapedInClass() {
		next();
		return escaped();
	}

	private String escaped() {
		char c = next();
		if (c == 'x') {
			this.at += 2;
			return String.valueOf((char) Integer.parseInt(this.pattern.substring(this.at - 2, this.at), 16));
		}
		return (c == 's') ? " \t\n" : String.valueOf(c);
	}

	private static String without(String characters) {
		StringBuilder others = new StringBuilder();
		PRINTABLE.chars().filter((c) -> characters.indexOf(c) < 0).forEach((c) -> others.append((char) c));
		return others.toString();
	}

	private int quantifier() {
		if (is('?')) {
			next();
			return this.random.nextInt(2);
		}
		if (is('*') || is('+')) {
			return ((next() == '+') ? 1 : 0) + this.random.nextInt(8);
		}
		if (!is('{') || !this.pattern.substring(this.at).matches("\\{\\d+,?\\d*}.*")) {
			return 1;
		}
		int end = this.pattern.indexOf('}', this.at);
		String[] bounds = this.pattern.substring(this.at + 1, end).split(",", 2);
		this.at = end + 1;
		int least = Integer.parseInt(bounds[0]);
		if (bounds.length == 1) {
			return least;
		}
		int most = bounds[1].isEmpty() ? least + 8 : Integer.parseInt(bounds[1]);
		return (this.random.nextInt(20) == 0) ? most : least + this.random.nextInt(Math.min(most - least, 12) + 1);
	}

	private String oneOf(String characters) {
		return String.valueOf(characters.charAt(this.random.nextInt(characters.length())));
	}

	private boolean is(char c) {
		return this.at < this.pattern.length() && this.pattern.charAt(this.at) == c;
	}

	private char next() {
		return this.pattern.charAt(this.at++);
	}

}
