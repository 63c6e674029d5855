package dev.distributeimage.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A policy of IAM, as far as sessions of Image Builder's callers need it: statements with
 * actions, resources and two operators of conditions.
 */
record PolicyDocument(List<JsonNode> statements) {

	private static final Set<String> MEMBERS = Set.of("Sid", "Effect", "Action", "Resource", "Condition");

	/** Reads a document. Refuses one that is malformed, or says more than is known here. */
	static PolicyDocument parse(String text) {
		try {
			JsonNode document = Json.read(text);
			if (!document.isObject() || !document.path("Version").asString("").equals("2012-10-17")) {
				throw malformed("The policy must be an object of the version 2012-10-17.");
			}
			List<JsonNode> statements = list(document.path("Statement"));
			if (statements.isEmpty()) {
				throw malformed("The policy has no statement.");
			}
			statements.forEach(PolicyDocument::check);
			return new PolicyDocument(statements);
		}
		catch (JacksonException ex) {
			throw malformed("This policy contains invalid Json");
		}
	}

	private static void check(JsonNode statement) {
		statement.properties().forEach((member) -> {
			if (!MEMBERS.contains(member.getKey())) {
				throw malformed("Syntax errors in policy: " + member.getKey());
			}
		});
		if (!statement.path("Effect").asString("").matches("Allow|Deny")) {
			throw malformed("A statement must have an effect.");
		}
		for (String member : List.of("Action", "Resource")) {
			List<JsonNode> values = list(statement.path(member));
			if (values.isEmpty() || !values.stream().allMatch(JsonNode::isString)) {
				throw malformed("A statement must have texts as " + member + ".");
			}
		}
		list(statement.path("Action")).forEach((action) -> {
			if (!action.stringValue().matches("\\*|[a-z0-9-]+:[A-Za-z0-9*?]+")) {
				throw malformed("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
			}
		});
		list(statement.path("Resource")).forEach((resource) -> {
			if (!resource.stringValue().equals("*") && resource.stringValue().split(":", 6).length < 6) {
				throw malformed("Resource %s must be in ARN format or \"*\".".formatted(resource.stringValue()));
			}
		});
	}

	/** Whether it allows this, and denies none of it. */
	boolean allows(String action, String resource, Map<String, String> context) {
		List<String> effects = new ArrayList<>();
		this.statements.stream()
			.filter((statement) -> list(statement.path("Action")).stream()
				.anyMatch((pattern) -> like(pattern.stringValue().toLowerCase(Locale.ROOT),
						action.toLowerCase(Locale.ROOT))))
			.filter((statement) -> list(statement.path("Resource")).stream()
				.anyMatch((pattern) -> like(pattern.stringValue(), resource)))
			.filter((statement) -> isMet(statement.path("Condition"), context))
			.forEach((statement) -> effects.add(statement.path("Effect").stringValue()));
		return effects.contains("Allow") && !effects.contains("Deny");
	}

	private static boolean isMet(JsonNode conditions, Map<String, String> context) {
		return conditions.properties()
			.stream()
			.allMatch((operator) -> Set.of("StringEquals", "StringLike").contains(operator.getKey())
					&& operator.getValue()
						.properties()
						.stream()
						.allMatch((key) -> isMet(operator.getKey(), list(key.getValue()),
								context.getOrDefault(key.getKey(), ""))));
	}

	private static boolean isMet(String operator, List<JsonNode> values, String actual) {
		return values.stream()
			.map(JsonNode::stringValue)
			.anyMatch((value) -> operator.equals("StringLike") ? like(value, actual) : value.equals(actual));
	}

	/** Compares with a pattern in which * stands for any characters and ? for one. */
	private static boolean like(String pattern, String text) {
		int star = -1;
		int resume = 0;
		int at = 0;
		int next = 0;
		while (at < text.length()) {
			if (next < pattern.length() && pattern.charAt(next) == '*') {
				star = next++;
				resume = at;
			}
			else if (next < pattern.length()
					&& (pattern.charAt(next) == '?' || pattern.charAt(next) == text.charAt(at))) {
				next++;
				at++;
			}
			else if (star < 0) {
				return false;
			}
			else {
				next = star + 1;
				at = ++resume;
			}
		}
		return pattern.substring(next).chars().allMatch((rest) -> rest == '*');
	}

	private static List<JsonNode> list(JsonNode oneOrMany) {
		return oneOrMany.isMissingNode() ? List.of()
				: (oneOrMany.isArray() ? oneOrMany.valueStream() : Stream.of(oneOrMany)).toList();
	}

	private static ApiException malformed(String message) {
		return new ApiException(400, "MalformedPolicyDocument", message);
	}

}
