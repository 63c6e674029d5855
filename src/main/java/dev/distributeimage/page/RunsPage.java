package dev.distributeimage.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.distributeimage.api.ListPage;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import org.jspecify.annotations.Nullable;

/**
 * The list of runs.
 *
 * @param now the moment of what is shown; empty if nothing is
 * @param counts links to the runs of each status
 * @param chips the filters that are set, with links that remove them
 * @param main the fields of the form that are always there
 * @param more the fields that are folded away
 * @param open whether these are unfolded
 * @param first the link back to the first page, or null on it
 * @param next the link to the next page, or null on the last one
 */
record RunsPage(String now, List<Count> counts, List<Chip> chips, List<Field> main, List<Option> statuses,
		List<Option> steps, List<Field> more, List<String> labels, boolean open, List<RunLine> rows,
		@Nullable String first, @Nullable String next) {

	private static final Map<String, String> MAIN = ordered("distributionNamePrefix", "Name begins with",
			"imageRecipeArn", "Image recipe ARN", "region", "Region", "label", "Label, key or key:value");

	private static final Map<String, String> MORE = ordered("imageStatus", "Image status", "failureCode",
			"Failure code", "image", "AMI id", "distributionName", "Exact name", "containerRecipeArn",
			"Container recipe ARN", "imageBuildVersionArn", "Image ARN", "clientToken", "Client token", "createdBy",
			"Created by", "owner", "Owner", "createdAfter", "Started from (2026-01-31T12:00:00Z)", "createdBefore",
			"Started before");

	private static Map<String, String> ordered(String... namesAndTitles) {
		Map<String, String> all = new LinkedHashMap<>();
		for (int i = 0; i < namesAndTitles.length; i += 2) {
			all.put(namesAndTitles[i], namesAndTitles[i + 1]);
		}
		return all;
	}

	static RunsPage of(Map<String, List<String>> query, ListPage<RunLine> page, Map<RunStatus, String> counts) {
		Map<String, List<String>> filters = new LinkedHashMap<>(query);
		filters.keySet().removeAll(List.of("pageToken", "pageSize"));
		return new RunsPage(page.items().isEmpty() ? "" : page.items().get(0).now(), counts(filters, counts),
				chips(filters), fields(MAIN, filters), options(RunStatus.values(), "status", filters),
				options(StepId.values(), "step", filters), fields(MORE, filters),
				filters.getOrDefault("label", List.of()),
				filters.keySet().stream().anyMatch((name) -> MORE.containsKey(name) || name.equals("step")),
				page.items(), query.containsKey("pageToken") ? Links.runs(with(query, "pageToken", null)) : null,
				(page.nextPageToken() != null) ? Links.runs(with(query, "pageToken", page.nextPageToken())) : null);
	}

	private static Map<String, List<String>> with(Map<String, List<String>> query, String name,
			@Nullable String value) {
		Map<String, List<String>> other = new LinkedHashMap<>(query);
		other.remove(name);
		if (value != null) {
			other.put(name, List.of(value));
		}
		return other;
	}

	private static List<Count> counts(Map<String, List<String>> filters, Map<RunStatus, String> counts) {
		List<Count> all = new ArrayList<>();
		all.add(new Count("All", "all", "/runs", "", filters.isEmpty()));
		for (RunStatus status : RunStatus.values()) {
			Status shown = Status.of(status);
			all.add(new Count(shown.word(), shown.kind(), "/runs?status=" + status, counts.getOrDefault(status, ""),
					filters.equals(Map.of("status", List.of(status.name())))));
		}
		return all;
	}

	private static List<Chip> chips(Map<String, List<String>> filters) {
		List<Chip> chips = new ArrayList<>();
		filters.forEach((name, values) -> values.forEach((value) -> {
			Map<String, List<String>> others = new LinkedHashMap<>(filters);
			others.put(name, values.stream().filter((other) -> !other.equals(value)).toList());
			chips.add(new Chip(name, value, Links.runs(others)));
		}));
		return chips;
	}

	private static List<Field> fields(Map<String, String> titles, Map<String, List<String>> filters) {
		return titles.entrySet()
			.stream()
			.map((field) -> new Field(field.getKey(), field.getValue(),
					field.getKey().equals("label") ? ""
							: String.join("", filters.getOrDefault(field.getKey(), List.of()))))
			.toList();
	}

	private static List<Option> options(Object[] values, String name, Map<String, List<String>> filters) {
		List<String> chosen = filters.getOrDefault(name, List.of());
		return Arrays.stream(values)
			.map((value) -> new Option(value.toString(),
					(value instanceof RunStatus status) ? Status.of(status).word() : value.toString(),
					chosen.contains(value.toString())))
			.toList();
	}

	/**
	 * A link to the runs of a status.
	 *
	 * @param number how many there are, or empty
	 * @param current whether the list shows these
	 */
	record Count(String word, String kind, String link, String number, boolean current) {
	}

	/**
	 * A filter that is set.
	 *
	 * @param link the list without it
	 */
	record Chip(String key, String value, String link) {
	}

	/** A field of the form. */
	record Field(String key, String title, String value) {
	}

	/** A choice of the form. */
	record Option(String value, String title, boolean chosen) {
	}

}
