package dev.distributeimage.api.contract;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.aws.Arn;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import org.springframework.util.StringUtils;

/**
 * Reads the parts of a request that are well-formed, and collects the violations of rules
 * that they break. Malformed parts seem to be missing, so that all others are still
 * checked.
 */
final class WellFormedParts {

	private final Set<String> malformed;

	private final List<Violation> violations = new ArrayList<>();

	/** Leaves out the parts with these violations. */
	WellFormedParts(Collection<Violation> malformed) {
		this.malformed = malformed.stream()
			.map((violation) -> String.valueOf(violation.pointer()))
			.collect(Collectors.toSet());
	}

	/**
	 * Whether the part at a pointer, and those whose pointers begin so, are well-formed.
	 */
	boolean areAllAt(String pointer) {
		return this.malformed.stream().noneMatch((one) -> one.startsWith(pointer));
	}

	/** Whether the part at a pointer is well-formed, apart from what it contains. */
	boolean isAt(String pointer) {
		return !this.malformed.contains(pointer);
	}

	/** Returns a text, or null if it is missing. */
	@Nullable String text(JsonNode node, String pointer) {
		return (node.isString() && isAt(pointer)) ? node.asString() : null;
	}

	/** Returns an ARN, or null if it is missing or the text is none. */
	@Nullable Arn arn(JsonNode node, String pointer) {
		String text = text(node, pointer);
		return (text != null && text.startsWith("arn:")) ? Arn.parse(text) : null;
	}

	/** Makes a caller's text short enough for a sentence. */
	static String shortened(String text) {
		return StringUtils.truncate(text, 40);
	}

	void violated(String pointer, String detail) {
		this.violations.add(Violation.at(pointer, detail));
	}

	/** The violations so far. */
	List<Violation> violations() {
		return this.violations;
	}

}
