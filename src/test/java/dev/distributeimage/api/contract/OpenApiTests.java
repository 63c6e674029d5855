package dev.distributeimage.api.contract;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.distributeimage.api.Contract;
import dev.distributeimage.api.Destination;
import dev.distributeimage.api.RunView;
import dev.distributeimage.api.Valid;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.problem.Problems;
import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Container;
import dev.distributeimage.run.EventType;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.Outputs;
import dev.distributeimage.run.PastAttempt;
import dev.distributeimage.run.RetryAction;
import dev.distributeimage.run.RetryPlan;
import dev.distributeimage.run.RunOptions;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.Warning;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.HttpStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** Tests that the contract matches the code. */
class OpenApiTests {

	private static final JsonNode EXAMPLES = Contract.DOCUMENT.at("/components/examples");

	@ParameterizedTest
	@EnumSource
	void problemTypeHasItsExample(ProblemType type) {
		JsonNode example = EXAMPLES.path(name(type.path()));
		assertThat(example.path("value")).isEqualTo(json(type.example()));
		assertThat(example.path("summary").asString()).isEqualTo(type.title());
		assertThat(example.path("description").asString()).isEqualTo(type.meaning() + " " + type.remedy());
	}

	@Test
	void problemTypesAreThoseOfTheService() {
		Set<String> expected = Arrays.stream(ProblemType.values()).map(ProblemType::path).collect(treeSet());
		expected.add("about:blank");
		assertThat(texts(Contract.schema("ProblemType").path("enum"))).isEqualTo(expected);
		assertThat(json(Problems.of(HttpStatus.INTERNAL_SERVER_ERROR))).isEqualTo(EXAMPLES.at("/fault/value"));
	}

	@Test
	void examplesMakeNoAmiPublic() {
		assertThat(EXAMPLES.findValues("userGroups")).isNotEmpty().allSatisfy((groups) -> assertThat(groups).isEmpty());
	}

	@Test
	void everyProblemTypeIsAnAnswer() {
		Set<String> answered = errorAnswers().flatMap((answer) -> examples(answer).propertyNames().stream())
			.collect(treeSet());
		answered.remove("fault");
		assertThat(answered)
			.isEqualTo(Arrays.stream(ProblemType.values()).map((type) -> name(type.path())).collect(treeSet()));
	}

	@Test
	void problemsOfAnswerHaveItsStatus() {
		Contract.operations()
			.forEach((operation) -> operation.node().path("responses").properties().forEach((response) -> {
				if (response.getKey().compareTo("400") >= 0 && !response.getKey().equals("default")) {
					JsonNode examples = examples(Contract.resolved(response.getValue()));
					assertThat(examples).isNotEmpty();
					examples.properties()
						.forEach((example) -> assertThat(
								Contract.resolved(example.getValue()).at("/value/status").asString())
							.isEqualTo(response.getKey()));
				}
			}));
	}

	@ParameterizedTest
	@MethodSource
	void recordHasTheMembersOfItsSchema(Class<?> type, String name) {
		JsonNode schema = Contract.schema(name);
		assertThat(members(type, false)).isEqualTo(List.copyOf(schema.path("properties").propertyNames()));
		assertThat(members(type, false))
			.isEqualTo(schema.path("required").valueStream().map(JsonNode::asString).toList());
		assertThat(members(type, true)).isEqualTo(schema.path("properties")
			.properties()
			.stream()
			.filter((member) -> Contract.violations(member.getValue(), JsonMapper.shared().nullNode()).isEmpty())
			.map((member) -> member.getKey())
			.toList());
	}

	static Stream<Arguments> recordHasTheMembersOfItsSchema() {
		return Stream.of(arguments(RunView.class, "Run"), arguments(Image.class, "Image"), arguments(Ami.class, "Ami"),
				arguments(Container.class, "Container"), arguments(Destination.class, "Destination"),
				arguments(Failure.class, "Failure"), arguments(PastAttempt.class, "PastAttempt"),
				arguments(Outputs.class, "Outputs"), arguments(RetryPlan.class, "RetryPlan"),
				arguments(Warning.class, "Warning"), arguments(Valid.class, "Valid"));
	}

	@Test
	void inputsAreShownUnderTheNamesTheyWereSentWith() {
		Set<String> inputs = new HashSet<>(members(RunView.Inputs.class, false));
		inputs.remove("options");
		inputs.addAll(RunOptions.NAMES);
		assertThat(Contract.schema("Inputs").path("properties").propertyNames()).hasSameElementsAs(inputs);
		inputs.addAll(List.of("labels", "deadline"));
		assertThat(Contract.schema("StartRun").path("properties").propertyNames()).hasSameElementsAs(inputs);
	}

	@ParameterizedTest
	@MethodSource
	void enumHasTheConstantsOfItsSchema(Object[] constants, String name) {
		assertThat(Contract.schema(name).path("enum")).isEqualTo(json(constants));
	}

	static Stream<Arguments> enumHasTheConstantsOfItsSchema() {
		return Stream.of(arguments(RunStatus.values(), "RunStatus"), arguments(StepId.values(), "StepId"),
				arguments(RetryAction.values(), "RetryAction"), arguments(EventType.values(), "EventType"),
				arguments(Destination.Status.values(), "DestinationStatus"));
	}

	private static Stream<JsonNode> errorAnswers() {
		return Contract.operations()
			.stream()
			.flatMap((operation) -> operation.node().path("responses").valueStream())
			.map(Contract::resolved)
			.filter((response) -> response.at("/content").has("application/problem+json"));
	}

	private static JsonNode examples(JsonNode answer) {
		return answer.path("content").path("application/problem+json").path("examples");
	}

	private static List<String> members(Class<?> type, boolean nullable) {
		return Arrays.stream(type.getRecordComponents())
			.filter((component) -> !nullable || isNullable(component))
			.map(RecordComponent::getName)
			.toList();
	}

	private static boolean isNullable(RecordComponent component) {
		AnnotatedType type = component.getAnnotatedType();
		return type.isAnnotationPresent(Nullable.class);
	}

	private static String name(String type) {
		return type.substring(type.lastIndexOf('/') + 1);
	}

	private static JsonNode json(Object value) {
		return JsonMapper.shared().readTree(JsonMapper.shared().writeValueAsString(value));
	}

	private static Set<String> texts(JsonNode array) {
		return array.valueStream().map(JsonNode::asString).collect(treeSet());
	}

	private static Collector<String, ?, Set<String>> treeSet() {
		return Collectors.toCollection(TreeSet::new);
	}

}
