package dev.distributeimage.api;

import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/** A client of the list. */
record Listed(Http http, String path) {

	/** Returns the ids on the only page of the filter; its values are encoded here. */
	List<String> ids(String... namesAndValues) {
		JsonNode page = page(query(namesAndValues));
		assertThat(page.path("nextPageToken").isNull()).isTrue();
		return ids(page);
	}

	JsonNode page(String query) {
		HttpResponse<String> response = this.http.get(this.path + query);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return Http.json(response);
	}

	static List<String> ids(JsonNode page) {
		List<String> ids = new ArrayList<>();
		page.path("items").forEach((run) -> ids.add(run.path("id").asString()));
		return ids;
	}

	static String query(String... namesAndValues) {
		StringBuilder query = new StringBuilder("?");
		for (int i = 0; i < namesAndValues.length; i += 2) {
			query.append((i > 0) ? "&" : "")
				.append(namesAndValues[i])
				.append('=')
				.append(URLEncoder.encode(namesAndValues[i + 1], StandardCharsets.UTF_8));
		}
		return query.toString();
	}

}
