package dev.distributeimage.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import dev.distributeimage.api.ListedRuns;

import static org.assertj.core.api.Assertions.assertThat;

/** Pages at the beginning, in the middle and at the end of a list. */
final class ListPages {

	/** The default. */
	private static final int PAGE = 50;

	private static final int TIMES = 100;

	private static final int WARM_UP = 30;

	private final HttpClient http = HttpClient.newHttpClient();

	private final Server service;

	private final long runs;

	ListPages(Server service, long runs) {
		this.service = service;
		this.runs = runs;
	}

	/**
	 * Adds a row for every page. The pages alternate, so that all are measured under the
	 * same conditions.
	 * @param oneOf the number of runs for every one that matches the filters
	 */
	void rows(Report report, String filters, int oneOf) throws IOException, InterruptedException {
		Map<String, Long> before = new LinkedHashMap<>();
		before.put("first", this.runs + 1);
		before.put("middle", this.runs / 2 + 1);
		before.put("last", (long) PAGE * oneOf + 1);
		Map<String, List<Double>> millis = new LinkedHashMap<>();
		for (int i = -WARM_UP; i < TIMES; i++) {
			for (Map.Entry<String, Long> page : before.entrySet()) {
				double took = millisOf(ListedRuns.pageBefore(filters, page.getValue()));
				if (i >= 0) {
					millis.computeIfAbsent(page.getKey(), (key) -> new ArrayList<>()).add(took);
				}
			}
		}
		double first = quantile(Objects.requireNonNull(millis.get("first")), 0.5);
		millis.forEach((page, all) -> report.row(filters.isEmpty() ? "none" : filters, page, quantile(all, 0.5),
				quantile(all, 0.5) / first, quantile(all, 0.99)));
	}

	private double millisOf(String path) throws IOException, InterruptedException {
		URI uri = this.service.uri(path);
		long begin = System.nanoTime();
		HttpResponse<String> answer = this.http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
		double millis = (System.nanoTime() - begin) / 1e6;
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		assertThat(answer.body().split("\"createdAt\"", -1)).as(path).hasSize(PAGE + 1);
		return millis;
	}

	private static double quantile(List<Double> values, double share) {
		List<Double> sorted = new ArrayList<>(values);
		Collections.sort(sorted);
		return sorted.get(Math.min(sorted.size() - 1, (int) (share * sorted.size())));
	}

}
