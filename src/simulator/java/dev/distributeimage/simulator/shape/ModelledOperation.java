package dev.distributeimage.simulator.shape;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import tools.jackson.databind.JsonNode;

/** One operation of the model: its address, input and output. */
public final class ModelledOperation {

	private final String name;

	private final String method;

	private final String path;

	private final Shape input;

	private final StructureShape output;

	private final Set<String> queryMembers;

	ModelledOperation(String name, JsonNode http, Shape input, StructureShape output, Set<String> queryMembers) {
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

	public String path() {
		return this.path;
	}

	/** The parameters in the query; all others are members of the body. */
	public Set<String> queryMembers() {
		return this.queryMembers;
	}

	/** Whether its answers have this member. */
	public boolean answersWith(String member) {
		return this.output.members().containsKey(member);
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
