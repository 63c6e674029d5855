package dev.distributeimage.ops;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that the alerts fire when they should, and that each says what to do. */
class AlertsTests {

	private static final Path RULES = Path.of("src/main/ops/prometheus/alerts.yml");

	private static final Path CASES = Path.of("src/test/ops/alerts-tests.yml");

	/** Where the runbook is, in the repository that an external label names. */
	private static final String RUNBOOK = "{{ $externalLabels.runbooks }}docs/operations.md#";

	@Test
	@EnabledIf(value = "dev.distributeimage.ops.Tools#hasPromtool", disabledReason = "There is no promtool here")
	void rulesAreValid() throws Exception {
		assertThat(Tools.run("promtool", "check", "rules", RULES.toString())).contains("10 rules found");
	}

	@Test
	@EnabledIf(value = "dev.distributeimage.ops.Tools#hasPromtool", disabledReason = "There is no promtool here")
	void alertsFireWhenTheyShouldAndOtherwiseDoNot() throws Exception {
		assertThat(Tools.run("promtool", "test", "rules", CASES.toString())).contains("SUCCESS");
	}

	@Test
	void alertsAreThoseOfTheGuide() throws IOException {
		String guide = Files.readString(Path.of("docs/operations.md"));
		List<String> sections = guide.lines()
			.dropWhile((line) -> !line.equals("## Alerts"))
			.skip(1)
			.takeWhile((line) -> !line.startsWith("## "))
			.filter((line) -> line.startsWith("### "))
			.map((line) -> line.substring("### ".length()))
			.toList();
		assertThat(alerts().map((alert) -> alert.path("alert").asString())).containsExactlyElementsOf(sections)
			.hasSize(9);
	}

	@ParameterizedTest
	@MethodSource("alerts")
	void alertSaysHowUrgentItIsAndWhatToDo(JsonNode alert) {
		assertThat(alert.at("/labels/severity").asString()).isIn("critical", "warning");
		assertThat(alert.at("/annotations/summary").asString()).isNotBlank().doesNotEndWith(".");
		assertThat(alert.at("/annotations/description").asString()).contains("{{ $value |").endsWith(".");
		assertThat(alert.at("/annotations/runbook_url").asString())
			.isEqualTo(RUNBOOK + alert.path("alert").asString().toLowerCase(Locale.ROOT));
	}

	@ParameterizedTest
	@MethodSource("alerts")
	void alertHasACaseInWhichItFiresAndOneInWhichItDoesNot(JsonNode alert) {
		Set<Boolean> cases = yaml(CASES).path("tests")
			.valueStream()
			.flatMap((test) -> test.path("alert_rule_test").valueStream())
			.filter((one) -> one.path("alertname").equals(alert.path("alert")))
			.map((one) -> one.path("exp_alerts").isEmpty())
			.collect(Collectors.toSet());
		assertThat(cases).containsExactlyInAnyOrder(true, false);
	}

	static Stream<JsonNode> alerts() {
		return yaml(RULES).path("groups")
			.valueStream()
			.flatMap((group) -> group.path("rules").valueStream())
			.filter((rule) -> rule.has("alert"));
	}

	/** Reads YAML with its aliases resolved. */
	private static JsonNode yaml(Path file) {
		try {
			Object document = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
			return JsonMapper.shared().valueToTree(document);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
