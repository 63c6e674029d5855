package dev.distributeimage.arazzo;

import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A simple condition: literals, operators and runtime expressions. Strings are compared
 * without regard to case, as Arazzo requires; an expression without a value is null.
 */
final class Condition {

	private static final Pattern TOKEN = Pattern
		.compile("\\s*(&&|\\|\\||[=!<>]=|[()!<>]|'(?:[^']|'')*'|-?[0-9.]+|true|false|null|\\$[^\\s()!<>=&|]+)\\s*");

	private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

	private final Deque<String> tokens = new ArrayDeque<>();

	private final Context context;

	private Condition(String text, Context context) {
		Matcher token = TOKEN.matcher(text);
		int end = 0;
		for (; token.find() && token.start() == end; end = token.end()) {
			this.tokens.add(token.group(1));
		}
		require(end == text.length(), text.substring(end));
		this.context = context;
	}

	static boolean holds(String text, Context context) {
		Condition condition = new Condition(text, context);
		boolean holds = condition.or();
		require(condition.tokens.isEmpty(), text);
		return holds;
	}

	private boolean or() {
		boolean holds = and();
		while (taken("||")) {
			holds |= and();
		}
		return holds;
	}

	private boolean and() {
		boolean holds = not();
		while (taken("&&")) {
			holds &= not();
		}
		return holds;
	}

	private boolean not() {
		if (taken("!")) {
			return !not();
		}
		if (taken("(")) {
			boolean holds = or();
			require(taken(")"), "no closing parenthesis");
			return holds;
		}
		return comparison();
	}

	private boolean comparison() {
		JsonNode left = operand();
		String operator = this.tokens.peek();
		if (operator == null || !COMPARISONS.contains(operator)) {
			return left.booleanValue();
		}
		this.tokens.remove();
		JsonNode right = operand();
		return switch (operator) {
			case "==" -> same(left, right);
			case "!=" -> !same(left, right);
			default -> left.isNumber() && right.isNumber()
					&& ordered(left.decimalValue().compareTo(right.decimalValue()), operator);
		};
	}

	private JsonNode operand() {
		String token = this.tokens.remove();
		if (token.startsWith("$")) {
			return this.context.value(token);
		}
		if (token.startsWith("'")) {
			String text = token.substring(1, token.length() - 1).replace("''", "'");
			return JsonMapper.shared().valueToTree(text);
		}
		return JsonMapper.shared().readTree(token);
	}

	private boolean taken(String token) {
		boolean taken = token.equals(this.tokens.peek());
		if (taken) {
			this.tokens.remove();
		}
		return taken;
	}

	private static boolean same(JsonNode left, JsonNode right) {
		boolean leftIsNull = left.isNull() || left.isMissingNode();
		boolean rightIsNull = right.isNull() || right.isMissingNode();
		if (leftIsNull || rightIsNull) {
			return leftIsNull && rightIsNull;
		}
		if (left.isNumber() && right.isNumber()) {
			BigDecimal number = left.decimalValue();
			return number.compareTo(right.decimalValue()) == 0;
		}
		return (left.isString() && right.isString()) ? left.stringValue().equalsIgnoreCase(right.stringValue())
				: left.equals(right);
	}

	private static boolean ordered(int order, String operator) {
		return switch (operator) {
			case "<" -> order < 0;
			case "<=" -> order <= 0;
			case ">" -> order > 0;
			default -> order >= 0;
		};
	}

	private static void require(boolean right, String text) {
		if (!right) {
			throw new IllegalArgumentException("Not a simple condition: " + text);
		}
	}

}
