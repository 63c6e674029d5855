package dev.distributeimage.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what can be known of the dashboard without a Grafana. */
class DashboardTests {

	private static final JsonNode DASHBOARD = JsonMapper.shared()
		.readTree(Path.of("src/main/ops/grafana/distribute-image.json").toFile());

	/** Gauges of what all replicas share. A sum would count it once for each of them. */
	private static final Pattern SHARED = Pattern
		.compile("distribute_image_(runs_in_flight|due_age_seconds|nearest_deadline_seconds|leftovers)\\{");

	private static final Pattern COUNTER = Pattern.compile("\\w+_(total|count|sum|bucket)\\{");

	private static final int COLUMNS = 24;

	@Test
	void everyQueryAsksTheChosenDataSource() {
		List<JsonNode> sources = Stream
			.concat(panels(), panels().flatMap((panel) -> panel.path("targets").valueStream()))
			.filter((node) -> !node.path("type").asString("").equals("row"))
			.map((node) -> node.path("datasource"))
			.toList();
		assertThat(sources).hasSizeGreaterThan(60)
			.allMatch((source) -> source.path("uid").asString().equals("${datasource}"));
	}

	@ParameterizedTest
	@MethodSource("expressions")
	void queryIsOfOneService(String expression) {
		assertThat(expression).contains("namespace=~\"$namespace\", job=\"$job\"");
	}

	@ParameterizedTest
	@MethodSource("expressions")
	void countersOfAllReplicasAreSummedAndSharedGaugesAreNot(String expression) {
		SHARED.matcher(expression)
			.results()
			.map(MatchResult::start)
			.forEach((at) -> assertThat(expression.substring(0, at))
				.matches("(.*\\b)?(max|min|count)( by \\([\\w, ]+\\) )?\\("));
		// The first value of a series, which increase() does not see.
		String increases = expression.replaceAll("\\((\\w+\\{[^}]*}) unless \\1 offset \\S+\\) or increase",
				"increase");
		COUNTER.matcher(increases)
			.results()
			.map(MatchResult::start)
			.forEach((at) -> assertThat(increases.substring(0, at))
				.matches("(.*\\b)?sum( by \\([\\w, ]+\\) )?\\((rate|increase)\\("));
	}

	@Test
	@EnabledIf(value = "dev.distributeimage.ops.Tools#hasPromtool", disabledReason = "There is no promtool here")
	void queriesAreValid(@TempDir Path directory) throws Exception {
		List<String> expressions = expressions().map(DashboardTests::filledIn).toList();
		String rules = IntStream.range(0, expressions.size())
			.mapToObj((i) -> "  - record: query:%d\n    expr: >-\n      %s\n".formatted(i, expressions.get(i)))
			.collect(Collectors.joining("", "groups:\n- name: queries\n  rules:\n", ""));
		Path file = Files.writeString(directory.resolve("queries.yml"), rules);
		assertThat(Tools.run("promtool", "check", "rules", file.toString()))
			.contains(expressions.size() + " rules found");
	}

	/** An alert says the symptom, and the dashboard shows whether it is over. */
	@Test
	void everyAlertHasItsPanelAndIsMarked() {
		Set<String> alerts = AlertsTests.alerts()
			.map((alert) -> alert.path("alert").asString())
			.collect(Collectors.toCollection(TreeSet::new));
		Set<String> described = panels().map((panel) -> panel.path("description").asString(""))
			.flatMap((text) -> Pattern.compile("Alert: (\\w+)\\.").matcher(text).results())
			.map((found) -> found.group(1))
			.collect(Collectors.toCollection(TreeSet::new));
		assertThat(described).isEqualTo(alerts);
		String marks = DASHBOARD.at("/annotations/list/1/expr").asString();
		assertThat(List.of(marks.replaceFirst(".*alertname=~\"([^\"]*)\".*", "$1").split("\\|", -1)))
			.containsExactlyInAnyOrderElementsOf(alerts);
	}

	@Test
	void everyMetricOfAnAlertIsShown() throws IOException {
		Set<String> shown = metrics(expressions().collect(Collectors.joining("\n")));
		assertThat(shown).containsAll(metrics(Files.readString(Path.of("src/main/ops/prometheus/alerts.yml"))));
	}

	@Test
	void panelsDoNotOverlap() {
		Set<List<Integer>> taken = new HashSet<>();
		panels().map((panel) -> panel.path("gridPos")).forEach((at) -> {
			assertThat(at.path("x").asInt() + at.path("w").asInt()).isLessThanOrEqualTo(COLUMNS);
			for (int x = 0; x < at.path("w").asInt(); x++) {
				for (int y = 0; y < at.path("h").asInt(); y++) {
					assertThat(taken.add(List.of(at.path("x").asInt() + x, at.path("y").asInt() + y))).as("%s", at)
						.isTrue();
				}
			}
		});
		assertThat(panels().map((panel) -> panel.path("id").asInt())).doesNotHaveDuplicates();
	}

	private static Stream<JsonNode> panels() {
		return DASHBOARD.path("panels").valueStream();
	}

	static Stream<String> expressions() {
		return panels().flatMap((panel) -> panel.path("targets").valueStream())
			.map((target) -> target.path("expr").asString());
	}

	/** Does what Grafana does before it asks Prometheus. */
	private static String filledIn(String expression) {
		return expression.replace("$__rate_interval", "2m")
			.replace("$__range", "6h")
			.replace("$namespace", ".*")
			.replace("$region", ".*")
			.replace("$job", "images");
	}

	private static Set<String> metrics(String text) {
		return Pattern.compile("\\bdistribute_image_\\w+")
			.matcher(text)
			.results()
			.map(MatchResult::group)
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
