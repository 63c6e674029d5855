package dev.distributeimage.api.problem;

import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with one part of a request.
 *
 * @param pointer the JSON Pointer of the part of the body, or null
 * @param parameter the name of the query parameter, or null
 * @param detail a sentence that a caller can act on
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Violation(@Nullable String pointer, @Nullable String parameter, String detail) {

	public Violation {
		pointer = (pointer != null) ? wellFormed(pointer) : null;
		detail = wellFormed(detail);
	}

	public static Violation at(String pointer, String detail) {
		return new Violation(pointer, null, detail);
	}

	public static Violation ofParameter(String parameter, String detail) {
		return new Violation(null, wellFormed(parameter), detail);
	}

	/** The pointer to a member or an entry of what the pointer points to. */
	public static String pointer(String parent, Object token) {
		return parent + "/" + token.toString().replace("~", "~0").replace("/", "~1");
	}

	/**
	 * The text with a question mark for every lone surrogate, which cannot be written as
	 * UTF-8: it would turn the answer into a 500.
	 */
	static String wellFormed(String text) {
		return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
	}

}
