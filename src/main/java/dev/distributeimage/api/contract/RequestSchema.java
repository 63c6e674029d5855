package dev.distributeimage.api.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

import com.networknt.schema.Error;
import com.networknt.schema.FailFastAssertionException;
import com.networknt.schema.Schema;
import com.networknt.schema.path.NodePath;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.Violation;
import tools.jackson.databind.JsonNode;

/** Validates requests against a schema of the contract and explains violations. */
final class RequestSchema {

	private final Schema schema;

	/** Uses the named schema among the components of the contract. */
	RequestSchema(String name) {
		this.schema = OpenApi.schema(OpenApi.reference(name));
	}

	/**
	 * All violations of the schema, or only the first if there are more than are listed.
	 */
	List<Violation> violations(JsonNode request) {
		List<Error> errors = new FirstErrors();
		this.schema.validate(request, (context, schemaContext) -> context.setErrors(errors));
		return errors.stream().map(this::violation).toList();
	}

	private Violation violation(Error error) {
		JsonNode wanted = wanted(error);
		JsonNode given = error.getInstanceNode();
		String pointer = pointer(error.getInstanceLocation());
		return switch (error.getKeyword()) {
			case "required" ->
				Violation.at(Violation.pointer(pointer, error.getProperty()), "This member is required.");
			case "additionalProperties" -> Violation.at(Violation.pointer(pointer, error.getProperty()),
					"Unknown member. Known members: " + names(wanted.path("properties")) + ".");
			case "propertyNames" -> Violation.at(Violation.pointer(pointer, error.getProperty()), described(wanted));
			case "type" -> Violation.at(pointer, "Must be %s%s.".formatted(aValueOf(wanted), not(given)));
			case "minimum", "maximum" -> Violation.at(pointer, "Must be " + aValueOf(wanted) + ".");
			case "enum" -> Violation.at(pointer, "Must be one of: " + texts(wanted.path("enum")) + ".");
			case "minLength", "maxLength" -> Violation.at(pointer,
					"Must have " + range(wanted, "Length") + " characters, not " + length(given) + ".");
			case "minItems", "maxItems" ->
				Violation.at(pointer, "Must have " + range(wanted, "Items") + " entries, not " + given.size() + ".");
			case "minProperties", "maxProperties" -> Violation.at(pointer,
					"Must have " + range(wanted, "Properties") + " members, not " + given.size() + ".");
			default -> Violation.at(pointer, described(wanted));
		};
	}

	// Not the path's own text, which escapes line breaks: a JSON Pointer does not.
	private static String pointer(NodePath path) {
		StringBuilder pointer = new StringBuilder();
		for (int i = 0; i < path.getNameCount(); i++) {
			pointer.append(Violation.pointer("", path.getElement(i)));
		}
		return pointer.toString();
	}

	/** The schema that contains the violated keyword. */
	private JsonNode wanted(Error error) {
		NodePath keyword = error.getSchemaLocation().getFragment();
		JsonNode wanted = OpenApi.document().at(pointer(keyword.getParent()));
		return "propertyNames".equals(error.getKeyword()) ? resolved(wanted.path("propertyNames")) : wanted;
	}

	private JsonNode resolved(JsonNode reference) {
		return OpenApi.document().at(reference.path("$ref").asString("").substring(1));
	}

	private static String described(JsonNode wanted) {
		return wanted.path("description").asString("This is not valid.");
	}

	private static String aValueOf(JsonNode wanted) {
		return switch (wanted.path("type").asString("")) {
			case "object" -> "an object";
			case "array" -> "an array";
			case "boolean" -> "true or false";
			case "integer" -> "an integer from %s to %s, without a decimal point or an exponent"
				.formatted(wanted.path("minimum").asString(), wanted.path("maximum").asString());
			default -> "a string";
		};
	}

	private static String not(JsonNode given) {
		return switch (given.getNodeType()) {
			case OBJECT -> ", not an object";
			case ARRAY -> ", not an array";
			case STRING -> ", not a string";
			// 1.5 is a number, only not an integer.
			case NUMBER -> "";
			default -> ", not " + given;
		};
	}

	private static String range(JsonNode wanted, String what) {
		JsonNode least = wanted.path("min" + what);
		JsonNode most = wanted.path("max" + what);
		if (most.isMissingNode()) {
			return "at least " + least.asString();
		}
		return least.isMissingNode() ? "at most " + most.asString() : least.asString() + " to " + most.asString();
	}

	private static int length(JsonNode text) {
		return text.asString().codePointCount(0, text.asString().length());
	}

	private static String names(JsonNode object) {
		Set<String> names = object.propertyNames().stream().collect(Collectors.toCollection(TreeSet::new));
		return String.join(", ", names);
	}

	private static String texts(JsonNode array) {
		return StreamSupport.stream(array.spliterator(), false)
			.map(JsonNode::asString)
			.collect(Collectors.joining(", "));
	}

	/** Stops the validation once there are more errors than are listed. */
	private static final class FirstErrors extends ArrayList<Error> {

		private static final long serialVersionUID = 1L;

		@Override
		public boolean add(Error error) {
			super.add(error);
			if (size() > ProblemException.MOST_LISTED) {
				throw new FailFastAssertionException(error);
			}
			return true;
		}

	}

}
