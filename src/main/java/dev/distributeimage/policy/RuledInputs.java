package dev.distributeimage.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The inputs that rules are about, as a tree: their paths share their beginnings, and
 * every start follows all of them.
 */
final class RuledInputs {

	/** Stands in a path for each entry of a list and each member of an object. */
	private static final String EACH = "*";

	private final List<Rule> rules = new ArrayList<>();

	private final Map<String, RuledInputs> members = new LinkedHashMap<>();

	private @Nullable RuledInputs each;

	/** Whether a rule here or below is about inputs that are left out. */
	private boolean aboutAbsent;

	private RuledInputs() {
	}

	static RuledInputs of(List<Rule> rules) {
		RuledInputs root = new RuledInputs();
		rules.forEach((rule) -> rule.paths().forEach((path) -> root.add(rule, path)));
		return root;
	}

	private void add(Rule rule, String path) {
		RuledInputs inputs = this;
		for (String token : path.substring(1).split("/", -1)) {
			inputs = inputs.below(token);
			inputs.aboutAbsent |= rule.aboutAbsent();
		}
		inputs.rules.add(rule);
	}

	private RuledInputs below(String token) {
		if (!token.equals(EACH)) {
			return this.members.computeIfAbsent(token, (member) -> new RuledInputs());
		}
		if (this.each == null) {
			this.each = new RuledInputs();
		}
		return this.each;
	}

	/** Visits each input with each rule about it. */
	void visit(Input input, BiConsumer<Rule, Input> visitor) {
		if (input.isAbsent() && !this.aboutAbsent) {
			return;
		}
		for (Rule rule : this.rules) {
			if (rule.aboutAbsent() || !input.isAbsent()) {
				visitor.accept(rule, input);
			}
		}
		JsonNode value = input.value();
		this.members.forEach((member, below) -> below.visit(input.child(member, value.path(member)), visitor));
		if (this.each != null) {
			visitEach(this.each, input, visitor);
		}
	}

	private static void visitEach(RuledInputs each, Input input, BiConsumer<Rule, Input> visitor) {
		JsonNode value = input.value();
		if (value.isArray()) {
			for (int i = 0; i < value.size(); i++) {
				each.visit(input.child(Integer.toString(i), value.path(i)), visitor);
			}
		}
		else {
			value.properties()
				.forEach((member) -> each.visit(input.child(member.getKey(), member.getValue()), visitor));
		}
	}

}
