package dev.distributeimage.api.problem;

import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A violation by one part of a request.
 *
 * @param pointer the JSON Pointer into the body, or null
 * @param parameter the name of the query parameter, or null
 * @param rule the rule of the service's that the request breaks, or null
 * @param detail a sentence that a caller can act on
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Violation(@Nullable String pointer, @Nullable String parameter, @Nullable String rule, String detail) {

	public Violation {
		pointer = (pointer != null) ? wellFormed(pointer) : null;
		detail = wellFormed(detail);
	}

	public static Violation at(String pointer, String detail) {
		return new Violation(pointer, null, null, detail);
	}

	public static Violation ofRule(String rule, String pointer, String detail) {
		return new Violation(pointer, null, rule, detail);
	}

	public static Violation ofRule(String rule, String detail) {
		return new Violation(null, null, rule, detail);
	}

	public static Violation ofParameter(String parameter, String detail) {
		return new Violation(null, wellFormed(parameter), null, detail);
	}

	/** Appends the name of a member or the index of an entry to a pointer. */
	public static String pointer(String parent, Object token) {
		return parent + "/" + token.toString().replace("~", "~0").replace("/", "~1");
	}

	/**
	 * Replaces every unpaired surrogate by a question mark. It cannot be written as UTF-8
	 * and would turn the response into a 500.
	 */
	static String wellFormed(String text) {
		return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
	}

}
