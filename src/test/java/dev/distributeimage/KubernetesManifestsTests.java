package dev.distributeimage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that the manifests belong together, and to the image. */
class KubernetesManifestsTests {

	private static final Path DIRECTORY = Path.of("src/main/ops/kubernetes");

	private static final String NAME = "app.kubernetes.io~1name";

	private final JsonNode deployment = manifest("deployment.yaml");

	private final JsonNode pod = this.deployment.at("/spec/template/spec");

	private final JsonNode container = this.pod.at("/containers/0");

	@Test
	void everyManifestIsInTheKustomization() throws IOException {
		Set<String> files = new TreeSet<>();
		try (Stream<Path> all = Files.list(DIRECTORY)) {
			all.map((file) -> file.getFileName().toString())
				.filter((name) -> name.endsWith(".yaml") && !name.equals("kustomization.yaml"))
				.forEach(files::add);
		}
		assertThat(texts(manifest("kustomization.yaml").path("resources"))).containsExactlyInAnyOrderElementsOf(files);
	}

	@Test
	void everythingSelectsThePods() {
		String name = this.deployment.at("/spec/template/metadata/labels/" + NAME).asString();
		assertThat(name).isEqualTo("distribute-image");
		assertThat(List.of(this.deployment.at("/spec/selector/matchLabels/" + NAME),
				manifest("service.yaml").at("/spec/selector/" + NAME),
				manifest("service.yaml").at("/metadata/labels/" + NAME),
				manifest("poddisruptionbudget.yaml").at("/spec/selector/matchLabels/" + NAME),
				manifest("networkpolicy.yaml").at("/spec/podSelector/matchLabels/" + NAME),
				manifest("servicemonitor.yaml").at("/spec/selector/matchLabels/" + NAME)))
			.allSatisfy((label) -> assertThat(label.asString()).isEqualTo(name));
	}

	@Test
	void portsHaveTheNamesOfTheContainer() {
		List<String> ports = texts(this.container.path("ports"), "name");
		assertThat(ports).containsExactly("http", "management");
		assertThat(texts(manifest("service.yaml").at("/spec/ports"), "targetPort")).isEqualTo(ports);
		assertThat(ports).contains(manifest("servicemonitor.yaml").at("/spec/endpoints/0/port").asString());
	}

	@Test
	void imageIsThatOfTheVersion() throws IOException {
		String version = manifest("kustomization.yaml").at("/images/0/newTag").asString();
		assertThat(Files.readString(Path.of("pom.xml")))
			.containsPattern("<artifactId>distribute-image</artifactId>\\s+<version>%s(-SNAPSHOT)?<"
				.formatted(Pattern.quote(version)));
		assertThat(Files.readString(Path.of("CHANGELOG.md"))).startsWith("# Changelog\n\n## %s, ".formatted(version));
	}

	/** Prometheus signs in by the scope that the management port asks for. */
	@Test
	void prometheusGetsATokenForTheManagementPort() {
		JsonNode endpoint = manifest("servicemonitor.yaml").at("/spec/endpoints/0");
		assertThat(texts(endpoint.at("/oauth2/scopes"))).containsExactly("actuator");
		assertThat(endpoint.path("path").asString()).isEqualTo("/actuator/prometheus");
	}

	@Test
	void containerHasRequestsAndALimitOfMemory() {
		assertThat(this.container.at("/resources/requests").propertyNames()).containsExactlyInAnyOrder("cpu", "memory");
		assertThat(this.container.at("/resources/limits/memory"))
			.isEqualTo(this.container.at("/resources/requests/memory"));
	}

	@Test
	void oneReplicaStaysAndNobodyElseGetsIn() {
		assertThat(this.deployment.at("/spec/replicas").asInt())
			.isGreaterThan(manifest("poddisruptionbudget.yaml").at("/spec/maxUnavailable").asInt());
		assertThat(texts(manifest("networkpolicy.yaml").at("/spec/policyTypes"))).containsExactly("Ingress", "Egress");
		assertThat(manifest("serviceaccount.yaml").at("/metadata/annotations").propertyNames())
			.contains("eks.amazonaws.com/role-arn");
	}

	@Test
	void probesAskForWhatTheServiceAnswersToAll() {
		assertThat(this.container.at("/startupProbe/httpGet/path").asString()).isEqualTo("/livez");
		assertThat(this.container.at("/livenessProbe/httpGet/path").asString()).isEqualTo("/livez");
		assertThat(this.container.at("/readinessProbe/httpGet/path").asString()).isEqualTo("/readyz");
	}

	@Test
	void podHasNoMoreRightsThanTheImageNeeds() throws IOException {
		assertThat(Files.readString(Path.of("Dockerfile")))
			.contains("USER %1$s:%1$s".formatted(this.pod.at("/securityContext/runAsUser").asInt()));
		assertThat(this.pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
		assertThat(this.container.at("/securityContext/readOnlyRootFilesystem").asBoolean()).isTrue();
		assertThat(this.container.at("/securityContext/allowPrivilegeEscalation").asBoolean()).isFalse();
		assertThat(this.pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
		assertThat(manifest("serviceaccount.yaml").path("automountServiceAccountToken").asBoolean(true)).isFalse();
		assertThat(this.pod.path("enableServiceLinks").asBoolean(true)).isFalse();
	}

	private static JsonNode manifest(String file) {
		return new YAMLMapper().readTree(DIRECTORY.resolve(file).toFile());
	}

	private static List<String> texts(JsonNode list) {
		return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asString).toList();
	}

	private static List<String> texts(JsonNode list, String member) {
		return StreamSupport.stream(list.spliterator(), false).map((one) -> one.path(member).asString()).toList();
	}

}
