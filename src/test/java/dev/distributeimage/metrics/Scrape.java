package dev.distributeimage.metrics;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A scrape of the metrics, in Prometheus's text format. */
record Scrape(String text) {

	/** The names of all samples, such as {@code jvm_threads_live_threads}. */
	Set<String> names() {
		return samples().keySet().stream().map((sample) -> sample.split("\\{", -1)[0]).collect(Collectors.toSet());
	}

	/** The value of a sample, or 0 if there is none. Its labels stand in any order. */
	double value(String name, String... labels) {
		return samples().getOrDefault(key(name, Arrays.stream(labels)), 0.0);
	}

	/** The sum of all samples with this name. */
	double sum(String name) {
		return samples().entrySet()
			.stream()
			.filter((sample) -> sample.getKey().startsWith(name + "{"))
			.mapToDouble(Map.Entry::getValue)
			.sum();
	}

	/** The {@code HELP} or {@code TYPE} of a name. */
	String about(String name, String kind) {
		String begin = "# %s %s ".formatted(kind, name);
		return this.text.lines()
			.filter((line) -> line.startsWith(begin))
			.map((line) -> line.substring(begin.length()))
			.collect(Collectors.joining("\n"));
	}

	private Map<String, Double> samples() {
		Map<String, Double> samples = new TreeMap<>();
		this.text.lines().filter((line) -> !line.startsWith("#")).forEach((line) -> {
			int space = line.lastIndexOf(' ');
			String[] parts = line.substring(0, space).split("\\{", 2);
			Stream<String> labels = (parts.length > 1)
					? Arrays.stream(parts[1].substring(0, parts[1].length() - 1).split("(?<=\"),", -1)) : Stream.of();
			samples.put(key(parts[0], labels.map((label) -> label.replace("\"", ""))),
					number(line.substring(space + 1)));
		});
		return samples;
	}

	private static String key(String name, Stream<String> labels) {
		return name + "{" + String.join(",", labels.collect(Collectors.toCollection(TreeSet::new))) + "}";
	}

	private static double number(String value) {
		return switch (value) {
			case "+Inf" -> Double.POSITIVE_INFINITY;
			case "-Inf" -> Double.NEGATIVE_INFINITY;
			default -> Double.parseDouble(value);
		};
	}

}
