package dev.distributeimage.api.contract;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.problem.Violation;

/**
 * A body as JSON, read strictly: what a lenient reader would drop or change without a
 * word is a violation. Of several members of one name the last is kept.
 *
 * @param violations member names given twice, and texts that the database cannot keep;
 * not to the last one if there are very many
 */
record JsonDocument(JsonNode root, List<Violation> violations) {

	private static final int DEEPEST = 50;

	// The body is small enough, so its parts need no limits of their own.
	private static final JsonFactory JSON = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder()
			.maxNestingDepth(DEEPEST + 1)
			.maxNumberLength(Integer.MAX_VALUE)
			.maxStringLength(Integer.MAX_VALUE)
			.maxNameLength(Integer.MAX_VALUE)
			.build())
		.disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
		.build();

	/**
	 * Reads a body.
	 * @throws ProblemException if it is not one JSON value in UTF-8
	 */
	static JsonDocument read(byte[] body) {
		return new Reader().read(decoded(body));
	}

	private static String decoded(byte[] body) {
		CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
		CharBuffer chars = CharBuffer.allocate(body.length);
		CoderResult result = decoder.decode(ByteBuffer.wrap(body), chars, true);
		String text = chars.flip().toString();
		if (result.isError()) {
			int line = 1 + (int) text.chars().filter((c) -> c == '\n').count();
			throw malformed(line, text.length() - text.lastIndexOf('\n'), "This is not UTF-8.");
		}
		return text;
	}

	private static ProblemException malformed(int line, int column, String message) {
		return new ProblemException(ProblemType.MALFORMED_JSON,
				"Line %d, column %d: %s".formatted(line, column, message), Map.of("line", line, "column", column));
	}

	/** One pass over a text. */
	private static final class Reader {

		private final JsonNodeFactory nodes = JsonNodeFactory.instance;

		private final Set<Violation> violations = new LinkedHashSet<>();

		/** How many characters of violations may still be added. */
		private int room = 1024 * 1024;

		JsonDocument read(String text) {
			try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
				if (parser.nextToken() == null) {
					throw malformed(1, 1, "The body is empty.");
				}
				JsonNode root = value(parser);
				if (parser.nextToken() != null) {
					TokenStreamLocation behind = parser.currentTokenLocation();
					throw malformed(behind.getLineNr(), behind.getColumnNr(), "There is more behind the JSON value.");
				}
				return new JsonDocument(root, new ArrayList<>(this.violations));
			}
			catch (JacksonException ex) {
				throw notJson(ex);
			}
		}

		private static ProblemException notJson(JacksonException ex) {
			TokenStreamLocation at = ex.getLocation();
			return (at != null) ? malformed(at.getLineNr(), at.getColumnNr(), message(ex))
					: malformed(1, 1, message(ex));
		}

		// Jackson's own words, without its advice to the programmer.
		private static String message(JacksonException ex) {
			if (ex instanceof UnexpectedEndOfInputException) {
				return "The JSON ends too early.";
			}
			return ex.getOriginalMessage().split(": (enable|maybe) |\\R", 2)[0] + ".";
		}

		private JsonNode value(JsonParser parser) {
			JsonToken token = parser.currentToken();
			if (parser.streamReadContext().getNestingDepth() > DEEPEST) {
				TokenStreamLocation at = parser.currentTokenLocation();
				throw malformed(at.getLineNr(), at.getColumnNr(),
						"The JSON is nested deeper than %d levels.".formatted(DEEPEST));
			}
			return switch (token) {
				case START_OBJECT -> object(parser);
				case START_ARRAY -> array(parser);
				case VALUE_STRING -> this.nodes.stringNode(storable(parser.getString(), parser));
				case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser);
				case VALUE_TRUE, VALUE_FALSE -> this.nodes.booleanNode(token == JsonToken.VALUE_TRUE);
				default -> this.nodes.nullNode();
			};
		}

		private ObjectNode object(JsonParser parser) {
			ObjectNode object = this.nodes.objectNode();
			while (parser.nextToken() != JsonToken.END_OBJECT) {
				String name = storable(parser.currentName(), parser);
				parser.nextToken();
				if (object.replace(name, value(parser)) != null) {
					violated(parser, "This member is given more than once; give it once.");
				}
			}
			return object;
		}

		private ArrayNode array(JsonParser parser) {
			ArrayNode array = this.nodes.arrayNode();
			while (parser.nextToken() != JsonToken.END_ARRAY) {
				array.add(value(parser));
			}
			return array;
		}

		// Nothing here takes another number than an integer of 32 bits. Any other becomes
		// NaN, which no schema takes for a number: 1.0 and 1e2 would pass for integers,
		// and the exact value of 1e999999999 costs more than it is worth.
		private JsonNode number(JsonParser parser) {
			if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getStringLength() <= 11) {
				long number = Long.parseLong(parser.getString());
				if (number == (int) number) {
					return this.nodes.numberNode((int) number);
				}
			}
			return this.nodes.numberNode(Double.NaN);
		}

		// PostgreSQL's jsonb takes neither.
		private String storable(String text, JsonParser parser) {
			if (text.indexOf('\0') >= 0) {
				violated(parser, "Texts must not contain the character U+0000.");
			}
			if (text.codePoints().anyMatch((c) -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
				violated(parser, "Texts must not contain half a surrogate pair.");
			}
			return text;
		}

		// A long name has a long pointer, as has each of the many things in it.
		private void violated(JsonParser parser, String detail) {
			if (this.room > 0) {
				Violation violation = Violation.at(parser.streamReadContext().pathAsPointer().toString(), detail);
				this.violations.add(violation);
				this.room -= violation.toString().length();
			}
		}

	}

}
