package dev.distributeimage.imagebuilder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.distributeimage.aws.Place;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.imagebuilder.ImagebuilderClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that the policies in the documentation say what the code needs. */
@NullUnmarked
class PolicyFilesTests {

	private static final Path DOCS = Path.of("docs");

	/** A call of Image Builder in the code, or what AWS checks along with one. */
	private static final Set<String> NEEDED = Stream
		.of(SessionPolicy.READS, SessionPolicy.CHANGES, SessionPolicy.SOURCES,
				List.of(SessionPolicy.PASS_ROLE, SessionPolicy.SERVICE_LINKED_ROLE))
		.flatMap(List::stream)
		.collect(Collectors.toCollection(TreeSet::new));

	@Test
	void policiesOfTheAccountAllowWhatIsNeededAndNoMore() throws IOException {
		assertThat(actions("iam-policy.json", "iam-policy-options.json")).isEqualTo(NEEDED);
	}

	@Test
	void removalsTakeAPolicyOfTheirOwn() throws IOException {
		assertThat(actions("iam-policy-cleanup.json")).containsExactlyElementsOf(SessionPolicy.REMOVALS);
		Session removal = Session.ofRemoval(UUID.randomUUID(), new Place("222222222222", "eu-west-1"));
		assertThat(actions(JsonMapper.shared().readTree(new SessionPolicy(removal, "aws").json())))
			.containsExactlyElementsOf(SessionPolicy.REMOVALS);
		assertThat(actions(policy(UUID.randomUUID()))).doesNotContainAnyElementsOf(SessionPolicy.REMOVALS);
	}

	@Test
	void sessionsMayMakeEveryCallOfTheCode() {
		Set<String> called = new ClassFileImporter().importClasses(AwsImageBuilder.class, LateImageSearch.class)
			.stream()
			.flatMap((type) -> type.getMethodReferencesFromSelf().stream())
			.filter((reference) -> reference.getTargetOwner().isEquivalentTo(ImagebuilderClient.class))
			.map((reference) -> "imagebuilder:" + capitalized(reference.getName()))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(called).hasSize(10);
		Set<String> allowed = new TreeSet<>(SessionPolicy.READS);
		allowed.addAll(SessionPolicy.CHANGES);
		allowed.addAll(SessionPolicy.REMOVALS);
		allowed.remove("imagebuilder:TagResource");
		assertThat(called).isEqualTo(allowed);
	}

	@Test
	void sessionsMayDoWhatTheFilesAllow() {
		assertThat(actions(policy(UUID.randomUUID()))).containsAll(NEEDED).containsAll(SessionPolicy.OUTPUTS);
		assertThat(actions(policy(null))).containsExactlyElementsOf(new TreeSet<>(SessionPolicy.READS));
	}

	@ParameterizedTest
	@ValueSource(strings = { "iam-policy.json", "iam-policy-options.json", "iam-policy-cleanup.json", "hub-policy.json",
			"role-trust-policy.json" })
	void noFileAllowsEverything(String file) throws IOException {
		assertThat(actions(file)).isNotEmpty().noneMatch((action) -> action.contains("*"));
		assertThat(read(file).path("Statement")).allSatisfy((statement) -> {
			assertThat(statement.path("Effect").stringValue()).isEqualTo("Allow");
			assertThat(statement.path("Resource").toString()).isNotEqualTo("\"*\"");
		});
	}

	@Test
	void hubAssumesRolesAndNothingElse() throws IOException {
		assertThat(actions("hub-policy.json")).containsExactly("sts:AssumeRole");
	}

	@Test
	void roleLetsInTheSessionsOfThisServiceWithTheExternalId() throws IOException {
		JsonNode condition = read("role-trust-policy.json").at("/Statement/0/Condition");
		assertThat(condition.at("/StringEquals/sts:ExternalId").stringValue()).isEqualTo("EXTERNAL_ID");
		Place place = new Place("222222222222", "eu-west-1");
		List<String> names = condition.at("/StringLike/sts:RoleSessionName")
			.valueStream()
			.map((pattern) -> pattern.stringValue().replace("*", ".+"))
			.toList();
		assertThat(Stream.of(Session.of(UUID.randomUUID(), place), Session.ofPolls(place)).map(Session::name))
			.allSatisfy((name) -> assertThat(names).anyMatch(name::matches));
		assertThat(actions("role-trust-policy.json")).containsExactly("sts:AssumeRole");
	}

	@ParameterizedTest
	@ValueSource(strings = { "aws", "aws-cn", "aws-us-gov" })
	void policyIsShorterThanAwsTakesIt(String partition) {
		Place longest = new Place("222222222222", "us-gov-somewhere-1");
		assertThat(new SessionPolicy(Session.of(UUID.randomUUID(), longest), partition).json().length())
			.isLessThan(2048);
	}

	private static JsonNode policy(UUID run) {
		Session session = new Session(new Place("222222222222", "eu-west-1"), run);
		return JsonMapper.shared().readTree(new SessionPolicy(session, "aws").json());
	}

	private static String capitalized(String name) {
		return Character.toUpperCase(name.charAt(0)) + name.substring(1);
	}

	private static Set<String> actions(String... files) throws IOException {
		Set<String> actions = new TreeSet<>();
		for (String file : files) {
			actions.addAll(actions(read(file)));
		}
		return actions;
	}

	private static Set<String> actions(JsonNode policy) {
		Set<String> actions = new TreeSet<>();
		for (JsonNode statement : policy.path("Statement")) {
			JsonNode action = statement.path("Action");
			(action.isArray() ? action.valueStream() : Stream.of(action)).map(JsonNode::stringValue)
				.forEach(actions::add);
		}
		return actions;
	}

	private static JsonNode read(String file) throws IOException {
		return JsonMapper.shared().readTree(Files.readString(DOCS.resolve(file)));
	}

}
