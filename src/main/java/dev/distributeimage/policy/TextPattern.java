package dev.distributeimage.policy;

/**
 * A pattern that is compared with a whole text. Its only wildcard, {@code *}, stands for
 * any characters but {@code :} and {@code /}, also for none: a pattern for one part of an
 * ARN does not reach into the next. Compared by hand, without recursion.
 */
record TextPattern(String pattern) {

	boolean matches(String text) {
		int star = -1;
		int afterStar = 0;
		int next = 0;
		int at = 0;
		while (at < text.length()) {
			if (next < this.pattern.length() && this.pattern.charAt(next) == '*') {
				star = next++;
				afterStar = at;
			}
			else if (next < this.pattern.length() && this.pattern.charAt(next) == text.charAt(at)) {
				next++;
				at++;
			}
			else if (star >= 0 && !isSeparator(text.charAt(afterStar))) {
				// The last star takes one character more. An earlier one need not be
				// tried: what it could take, the last one can.
				next = star + 1;
				at = ++afterStar;
			}
			else {
				return false;
			}
		}
		while (next < this.pattern.length() && this.pattern.charAt(next) == '*') {
			next++;
		}
		return next == this.pattern.length();
	}

	private static boolean isSeparator(char character) {
		return character == ':' || character == '/';
	}

}
