package dev.distributeimage.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The queries of a folder of dashboards or rules, and the metrics that they name. */
record Queries(List<String> expressions, Set<String> recorded) {

	/** Texts, selectors, ranges, and the lists of labels of operators. */
	private static final Pattern NO_NAMES = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*'"
			+ "|\\b(?:by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");

	private static final Pattern IN_BRACKETS = Pattern.compile("\\{[^}]*}|\\[[^]]*]");

	private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((.*),\\s*\\w+\\s*\\)");

	/** A name that is no function, no variable of Grafana's, and no part of a number. */
	private static final Pattern NAME = Pattern.compile("(?<![\\w$:.])[a-zA-Z_:][\\w:]*(?![\\w:]|\\s*\\()");

	private static final Set<String> KEYWORDS = Set.of("and", "or", "unless", "offset", "bool", "by", "without", "on",
			"ignoring", "group_left", "group_right", "inf", "nan", "atan2", "start", "end");

	/** Metrics that Prometheus adds itself. */
	private static final Set<String> OF_PROMETHEUS = Set.of("up", "ALERTS", "ALERTS_FOR_STATE");

	/** Reads all files in the folder, and below. JSON is YAML, too. */
	static Queries in(Path folder, String ending) {
		Queries queries = new Queries(new ArrayList<>(), new TreeSet<>());
		try (Stream<Path> files = Files.walk(folder)) {
			files.filter((file) -> file.toString().endsWith(ending))
				.map((file) -> new YAMLMapper().readTree(file.toFile()))
				.forEach(queries::collect);
			return queries;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void collect(JsonNode node) {
		node.properties().forEach((member) -> {
			if (member.getValue().isString() && !node.path("type").asString("").equals("datasource")) {
				switch (member.getKey()) {
					case "expr", "query", "definition" -> this.expressions.add(member.getValue().stringValue());
					case "record" -> this.recorded.add(member.getValue().stringValue());
					default -> {
					}
				}
			}
		});
		node.values().forEach(this::collect);
	}

	/** The metrics that the queries name, without those that they record themselves. */
	Set<String> metrics() {
		Set<String> metrics = new TreeSet<>();
		this.expressions.forEach((expression) -> metrics.addAll(names(expression)));
		metrics.removeAll(this.recorded);
		return metrics;
	}

	static Set<String> names(String expression) {
		String plain = LABEL_VALUES.matcher(expression).replaceAll("$1");
		plain = IN_BRACKETS.matcher(NO_NAMES.matcher(plain).replaceAll(" ")).replaceAll(" ");
		Set<String> names = new TreeSet<>();
		NAME.matcher(plain)
			.results()
			.map((match) -> match.group())
			.filter((name) -> !KEYWORDS.contains(name.toLowerCase(Locale.ROOT)) && !OF_PROMETHEUS.contains(name))
			.forEach(names::add);
		return names;
	}

}
