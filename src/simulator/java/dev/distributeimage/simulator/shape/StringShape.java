package dev.distributeimage.simulator.shape;

import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A string: its length in code points, its pattern and, for an enum, the allowed
 * values.
 */
record StringShape(Bounds length, @Nullable ModelPattern pattern, List<String> words) implements Shape {

	@Override
	public void check(String path, JsonNode value, List<Violation> found) {
		if (!value.isString()) {
			found.add(new Violation(path, "It must be a string."));
			return;
		}
		String text = value.stringValue();
		this.length.check(path, text.codePointCount(0, text.length()), "The length", found);
		if (this.pattern != null && !this.pattern.matches(text)) {
			found.add(new Violation(path, "It must match pattern " + this.pattern.expression() + "."));
		}
		if (!this.words.isEmpty() && !this.words.contains(text)) {
			found.add(new Violation(path, "It must be one of " + this.words + "."));
		}
	}

}
