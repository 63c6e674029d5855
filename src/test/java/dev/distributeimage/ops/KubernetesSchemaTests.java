package dev.distributeimage.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.type.LogicalType;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests that the manifests have the members that Kubernetes and the Prometheus operator
 * know, and no others, with values of their types.
 */
class KubernetesSchemaTests {

	private static final Path DIRECTORY = Path.of("src/main/ops/kubernetes");

	private static final String MODEL = "io.fabric8.kubernetes.api.model.";

	private static final String MONITORING = "io.fabric8.openshift.api.model.monitoring.v1.";

	/**
	 * The model of each kind. It is named here only: its annotations are of Jackson 2.
	 */
	private static final Map<String, String> MODELS = Map.of("v1 Namespace", MODEL + "Namespace", "v1 Service",
			MODEL + "Service", "v1 ServiceAccount", MODEL + "ServiceAccount", "apps/v1 Deployment",
			MODEL + "apps.Deployment", "networking.k8s.io/v1 NetworkPolicy", MODEL + "networking.v1.NetworkPolicy",
			"policy/v1 PodDisruptionBudget", MODEL + "policy.v1.PodDisruptionBudget",
			"monitoring.coreos.com/v1 ServiceMonitor", MONITORING + "ServiceMonitor",
			"monitoring.coreos.com/v1 PrometheusRule", MONITORING + "PrometheusRule");

	private static final JsonMapper STRICT = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
		.disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
		.withCoercionConfig(LogicalType.Textual,
				(texts) -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
					.setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
					.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
		.annotationIntrospector(new WithoutMore())
		.addModule(scalar("IntOrString"))
		.addModule(scalar("Quantity"))
		.build();

	@Test
	@EnabledIf(value = "dev.distributeimage.ops.Tools#hasKubectl", disabledReason = "There is no kubectl here")
	void manifestsAreBuiltTogether() throws Exception {
		String built = Tools.run("kubectl", "kustomize", DIRECTORY.toString());
		assertThat(built.split("\n---\n")).hasSize((int) manifests().count() + 1)
			.allSatisfy((document) -> assertThat(document).contains("\n  name: distribute-image"));
	}

	@ParameterizedTest
	@MethodSource("manifests")
	void manifestIsValid(Path manifest) {
		validate(read(manifest));
	}

	/** As docs/operations.md makes it of the same file. */
	@Test
	void alertsAreAValidPrometheusRule() {
		JsonNode alerts = read(Path.of("src/main/ops/prometheus/alerts.yml"));
		validate(JsonMapper.shared()
			.createObjectNode()
			.put("apiVersion", "monitoring.coreos.com/v1")
			.put("kind", "PrometheusRule")
			.set("spec", alerts));
	}

	@ParameterizedTest
	@CsvSource({ "deployment.yaml, /spec/template/spec/containers/0, readOnly, true",
			"deployment.yaml, /spec/template/spec, enableServiceLink, false", "deployment.yaml, /spec, replicas, two",
			"deployment.yaml, /metadata, name, 4711", "servicemonitor.yaml, /spec/endpoints/0, oauth, {}",
			"servicemonitor.yaml, /spec/endpoints/0, interval, 30", "networkpolicy.yaml, /spec, policyTypes, Egress",
			"poddisruptionbudget.yaml, /spec, maxUnavailable, []" })
	void anythingElseIsRefused(String file, String pointer, String member, String value) {
		JsonNode manifest = read(DIRECTORY.resolve(file));
		((ObjectNode) manifest.at(pointer)).set(member, new YAMLMapper().readTree(value));
		assertThatExceptionOfType(JacksonException.class).isThrownBy(() -> validate(manifest))
			.withMessageContaining(member);
	}

	static Stream<Path> manifests() throws IOException {
		try (Stream<Path> all = Files.list(DIRECTORY)) {
			return all.filter((file) -> file.toString().endsWith(".yaml") && !file.endsWith("kustomization.yaml"))
				.toList()
				.stream();
		}
	}

	private static JsonNode read(Path file) {
		return new YAMLMapper().readTree(file.toFile());
	}

	private static void validate(JsonNode manifest) {
		String kind = manifest.path("apiVersion").asString() + " " + manifest.path("kind").asString();
		assertThat(STRICT.treeToValue(manifest, model(Objects.requireNonNull(MODELS.get(kind), kind)))).isNotNull();
	}

	private static Class<?> model(String name) {
		try {
			return Class.forName(name);
		}
		catch (ClassNotFoundException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Takes any number or text for a value of a type that has both forms, and keeps
	 * neither.
	 */
	@SuppressWarnings("unchecked")
	private static SimpleModule scalar(String type) {
		return new SimpleModule(type).addDeserializer((Class<Object>) model(MODEL + type), new ValueDeserializer<>() {
			@Override
			public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
				if (!parser.currentToken().isScalarValue()) {
					context.reportInputMismatch(Object.class, "Neither a number nor a text");
				}
				return null;
			}
		});
	}

	/** Overlooks that the model keeps members that it does not know. */
	private static final class WithoutMore extends JacksonAnnotationIntrospector {

		private static final long serialVersionUID = 1L;

		@Override
		public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
			return false;
		}

	}

}
