package dev.distributeimage.simulator.shape;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** AWS's published description of the API, read from a resource. */
public final class ServiceModel {

	private final JsonNode shapeDefinitions;

	private final Shapes shapes;

	private final Map<String, ModelledOperation> operations = new TreeMap<>();

	private ServiceModel(JsonNode model) {
		this.shapeDefinitions = model.required("shapes");
		this.shapes = new Shapes(this.shapeDefinitions);
		model.required("operations").properties().forEach((entry) -> this.operations.put(entry.getKey(), read(entry)));
	}

	/** Reads the model from a resource of the class path. */
	public static ServiceModel read(String resource) {
		try (InputStream in = Objects.requireNonNull(ServiceModel.class.getResourceAsStream(resource), resource)) {
			return new ServiceModel(new JsonMapper().readTree(in));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public Optional<ModelledOperation> operation(String method, String path) {
		return this.operations.values()
			.stream()
			.filter((operation) -> operation.method().equals(method) && operation.pathParameters(path).isPresent())
			.findFirst();
	}

	public ModelledOperation operation(String name) {
		return Objects.requireNonNull(this.operations.get(name), name);
	}

	private ModelledOperation read(Map.Entry<String, JsonNode> entry) {
		JsonNode definition = entry.getValue();
		String input = definition.required("input").required("shape").stringValue();
		String output = definition.required("output").required("shape").stringValue();
		return new ModelledOperation(entry.getKey(), definition.required("http"), this.shapes.structure(input),
				this.shapes.structure(output), queryMembers(input));
	}

	private Set<String> queryMembers(String input) {
		return this.shapeDefinitions.required(input)
			.path("members")
			.properties()
			.stream()
			.filter((member) -> member.getValue().path("location").asString("").equals("querystring"))
			.map(Map.Entry::getKey)
			.collect(Collectors.toUnmodifiableSet());
	}

}
