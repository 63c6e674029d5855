package dev.distributeimage.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.springframework.web.util.UriUtils;

import static java.nio.charset.StandardCharsets.UTF_8;

/** Queries of links to lists. */
final class Links {

	private Links() {
	}

	static String encoded(String text) {
		return UriUtils.encode(text, UTF_8);
	}

	/** The path of the list with these parameters, without those that are empty. */
	static String runs(Map<String, List<String>> parameters) {
		List<String> pairs = new ArrayList<>();
		parameters.forEach((name, values) -> values.stream()
			.filter((value) -> !value.isBlank())
			.forEach((value) -> pairs.add(encoded(name) + "=" + encoded(value))));
		return pairs.isEmpty() ? "/runs" : "/runs?" + String.join("&", pairs);
	}

}
