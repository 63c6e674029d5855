package dev.distributeimage.api.contract;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.problem.Violation;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.NumericNode;

/**
 * A body parsed strictly: anything that a lenient parser would silently drop or change is
 * a violation.
 *
 * @param violations strings that the database cannot store; only the first if there are
 * very many
 */
record JsonDocument(JsonNode root, List<Violation> violations) {

	private static final int DEEPEST = 50;

	// Callers choose the names: interning would keep them in memory.
	private static final JsonMapper JSON = JsonMapper
		.builder(JsonFactory.builder()
			.streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
			.disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
			.build())
		.enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
		.nodeFactory(new IntegersOnly())
		.build();

	/**
	 * Reads a body.
	 * @throws ProblemException if it is not a single JSON value in UTF-8, or has a
	 * duplicate member
	 */
	static JsonDocument read(byte[] body) {
		JsonNode root = parsed(decoded(body));
		StringCheck strings = new StringCheck();
		strings.check(root, new Location(null, ""));
		return new JsonDocument(root, strings.violations);
	}

	private static String decoded(byte[] body) {
		CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
		CharBuffer chars = CharBuffer.allocate(body.length);
		CoderResult result = decoder.decode(ByteBuffer.wrap(body), chars, true);
		String text = chars.flip().toString();
		if (result.isError()) {
			int line = 1 + (int) text.chars().filter((c) -> c == '\n').count();
			throw malformed(line, text.length() - text.lastIndexOf('\n'), "Invalid UTF-8.");
		}
		return text;
	}

	private static JsonNode parsed(String text) {
		try (JsonParser parser = JSON.createParser(text)) {
			return parsed(parser);
		}
	}

	private static JsonNode parsed(JsonParser parser) {
		try {
			JsonNode root = parser.readValueAsTree();
			if (root == null) {
				throw malformed(1, 1, "The body is empty.");
			}
			if (parser.nextToken() != null) {
				throw malformed(parser.currentTokenLocation(), "Unexpected content after the JSON value.");
			}
			return root;
		}
		catch (MismatchedInputException ex) {
			throw ProblemException.invalid(List.of(Violation.at(parser.streamReadContext().pathAsPointer().toString(),
					"This member is a duplicate; a name may be given only once.")));
		}
		catch (JacksonException ex) {
			throw malformed((ex.getLocation() != null) ? ex.getLocation() : parser.currentLocation(),
					message(ex, parser));
		}
	}

	// Jackson's messages contain advice for programmers.
	private static String message(JacksonException ex, JsonParser parser) {
		if (ex instanceof UnexpectedEndOfInputException) {
			return "Unexpected end of the body.";
		}
		if (!(ex instanceof StreamConstraintsException)) {
			return "This is not valid JSON. Check for a missing quote, comma or bracket, or a value that JSON does not allow.";
		}
		return (parser.streamReadContext().getNestingDepth() > DEEPEST)
				? "The JSON is nested deeper than %d levels.".formatted(DEEPEST)
				: "This number or member name is too long.";
	}

	private static ProblemException malformed(TokenStreamLocation at, String message) {
		return malformed(at.getLineNr(), at.getColumnNr(), message);
	}

	private static ProblemException malformed(int line, int column, String message) {
		return new ProblemException(ProblemType.MALFORMED_JSON,
				"Line %d, column %d: %s".formatted(line, column, message), Map.of("line", line, "column", column));
	}

	/**
	 * Turns every number with a decimal point or an exponent into NaN, which no schema
	 * accepts as an integer. 1.0 and 1e2 would pass otherwise.
	 */
	private static final class IntegersOnly extends JsonNodeFactory {

		private static final long serialVersionUID = 1L;

		@Override
		public NumericNode numberNode(double number) {
			return super.numberNode(Double.NaN);
		}

	}

	/** One pass over a tree. */
	private static final class StringCheck {

		private final List<Violation> violations = new ArrayList<>();

		/** Characters of violations that may still be added. */
		private int room = 1024 * 1024;

		void check(JsonNode node, Location location) {
			if (node.isString()) {
				check(node.asString(), location);
			}
			for (int i = 0; node.isArray() && i < node.size(); i++) {
				check(node.path(i), new Location(location, i));
			}
			node.properties().forEach((member) -> {
				Location there = new Location(location, member.getKey());
				check(member.getKey(), there);
				check(member.getValue(), there);
			});
		}

		// PostgreSQL's jsonb accepts neither.
		private void check(String text, Location location) {
			if (text.indexOf('\0') >= 0) {
				violated(location, "Strings must not contain the character U+0000.");
			}
			if (text.codePoints().anyMatch((c) -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
				violated(location, "Strings must not contain an unpaired surrogate.");
			}
		}

		// A long name lengthens the pointer of everything inside it.
		private void violated(Location location, String detail) {
			if (this.room > 0) {
				Violation violation = Violation.at(location.pointer(), detail);
				this.violations.add(violation);
				this.room -= violation.toString().length();
			}
		}

	}

	/**
	 * A location in a document. Its pointer is built only when needed: building one for
	 * every entry below a long name would cost gigabytes.
	 */
	private record Location(@Nullable Location parent, Object token) {

		String pointer() {
			return (this.parent != null) ? Violation.pointer(this.parent.pointer(), this.token) : "";
		}

	}

}
