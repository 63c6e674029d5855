package dev.distributeimage.arazzo;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that the service's own documents are valid. */
class ArazzoDocumentTests {

	private final Workflow workflow = Workflow.read("/static/arazzo.yml", "distribute-image");

	private final Workflow other = Workflow.read("/static/arazzo.yml", "distribute-existing-image");

	@Test
	void documentIsValidArazzo() {
		JsonNode schema = Yaml.read("/dev/distributeimage/arazzo/arazzo-1.0.schema.yaml");
		assertThat(OpenApi.schemas().getSchema(schema).validate(this.workflow.document())).isEmpty();
	}

	@Test
	void schemaRefusesWhatIsNotArazzo() {
		JsonNode schema = Yaml.read("/dev/distributeimage/arazzo/arazzo-1.0.schema.yaml");
		assertThat(OpenApi.schemas().getSchema(schema).validate(this.workflow.api().root())).isNotEmpty();
	}

	@Test
	void operationsAreThoseOfAws() {
		JsonNode model = Yaml.read("/dev/distributeimage/simulator/imagebuilder-model.json");
		assertThat(Stream.concat(this.workflow.steps().stream(), this.other.steps().stream())).hasSize(6)
			.allSatisfy((step) -> {
				OpenApi.Operation ours = this.workflow.api().operation(step.operationId());
				JsonNode modelled = model.required("operations").required(step.operationId());
				assertThat(ours.method()).isEqualTo(modelled.at("/http/method").stringValue());
				assertThat(ours.path()).isEqualTo(modelled.at("/http/requestUri").stringValue());
				assertThat(members(model, modelled.at("/input/shape"))).containsAll(names(ours.requestSchema()));
				assertThat(members(model, modelled.at("/output/shape"))).containsAll(names(ours.responseSchema()));
			});
	}

	@Test
	void membersOfADistributionAreThoseOfAws() {
		JsonNode model = Yaml.read("/dev/distributeimage/simulator/imagebuilder-model.json");
		JsonNode ours = this.workflow.api().root().at("/components/schemas/Distribution/properties");
		assertThat(ours.propertyNames())
			.containsExactlyInAnyOrderElementsOf(model.at("/shapes/Distribution/members").propertyNames());
	}

	private Iterable<String> names(JsonNode schema) {
		return this.workflow.api().properties(schema).propertyNames();
	}

	private static Iterable<String> members(JsonNode model, JsonNode shape) {
		return model.required("shapes").required(shape.stringValue()).required("members").propertyNames();
	}

}
