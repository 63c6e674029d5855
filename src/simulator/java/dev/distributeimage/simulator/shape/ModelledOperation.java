package dev.distributeimage.simulator.shape;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One operation of the model: its address, input and output. */
public final class ModelledOperation {

	private final String name;

	private final String method;

	private final String path;

	private final StructureShape input;

	private final StructureShape output;

	private final Set<String> queryMembers;

	ModelledOperation(String name, JsonNode http, StructureShape input, StructureShape output,
			Set<String> queryMembers) {
		this.name = name;
		this.method = http.required("method").stringValue();
		this.path = http.required("requestUri").stringValue();
		this.input = input;
		this.output = output;
		this.queryMembers = queryMembers;
	}

	public String name() {
		return this.name;
	}

	public String method() {
		return this.method;
	}

	/** The path; a name in braces stands for a parameter. */
	public String path() {
		return this.path;
	}

	/** The parameters in the path, still percent-encoded; empty for another path. */
	public Optional<Map<String, String>> pathParameters(String requested) {
		if (!this.path.contains("{")) {
			return this.path.equals(requested) ? Optional.of(Map.of()) : Optional.empty();
		}
		String[] names = this.path.split("/", -1);
		String[] values = requested.split("/", -1);
		if (names.length != values.length) {
			return Optional.empty();
		}
		Map<String, String> found = new LinkedHashMap<>();
		for (int index = 0; index < names.length; index++) {
			boolean parameter = names[index].startsWith("{");
			if (parameter ? values[index].isEmpty() : !names[index].equals(values[index])) {
				return Optional.empty();
			}
			if (parameter) {
				found.put(names[index].substring(1, names[index].length() - 1), values[index]);
			}
		}
		return Optional.of(found);
	}

	/** The parameters in the query; all others are in the path or members of the body. */
	public Set<String> queryMembers() {
		return this.queryMembers;
	}

	/** Whether the parameter is a list: in the query, it is repeated. */
	public boolean takesList(String parameter) {
		return this.input.member(parameter) instanceof ListShape;
	}

	/** Whether its answers have this member. */
	public boolean answersWith(String member) {
		return this.output.members().containsKey(member);
	}

	/** A document with only the members that the model knows at this place of the answer. */
	public ObjectNode shown(String member, ObjectNode document) {
		Shape shape = Objects.requireNonNull(this.output.member(member), member);
		StructureShape structure = (StructureShape) ((shape instanceof ListShape list) ? list.member().get() : shape);
		return structure.shown(document);
	}

	/** Validates parameters against the model. */
	public List<Violation> check(JsonNode parameters) {
		List<Violation> found = new ArrayList<>();
		this.input.check("", parameters, found);
		return found;
	}

	/** Validates an answer against the model. */
	public List<Violation> checkOutput(JsonNode answer) {
		List<Violation> found = new ArrayList<>();
		this.output.check("", answer, found);
		return found;
	}

}
