package dev.distributeimage.api.problem;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;
import org.springframework.web.util.HtmlUtils;

/** Serves the pages that the types of problems refer to, with an index. */
@RestController
class ProblemPages {

	private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

	private static final String POLICY = "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none';"
			+ " form-action 'none'; frame-ancestors 'none'";

	private final JsonMapper json;

	ProblemPages(JsonMapper json) {
		this.json = json;
	}

	@GetMapping("/problems/")
	ResponseEntity<String> index() {
		return answer("Problems", """
				<p class="lead">Every error is a problem document (RFC 9457), whose type is one of these.</p>
				<table class="runs plain"><thead><tr><th scope="col">Status</th><th scope="col">Problem</th>
				<th scope="col">Type</th></tr></thead><tbody>
				%s</tbody></table>
				"""
			.formatted(Arrays.stream(ProblemType.values()).map(ProblemPages::row).collect(Collectors.joining())));
	}

	private static String row(ProblemType type) {
		return """
				<tr><td>%d</td><th scope="row"><a class="name" href="%s">%s</a></th><td><code>%2$s</code></td></tr>
				""".formatted(type.status().value(), escaped(type.path()), escaped(type.title()));
	}

	@GetMapping("/problems/{name}")
	ResponseEntity<String> page(@PathVariable String name) {
		ProblemType type = ProblemType.named(name)
			.orElseThrow(() -> new ProblemException(ProblemType.NOT_FOUND, "There is no problem type of this name."));
		return answer(type.title(), """
				<p class="lead"><code>%s</code>, status %d</p>
				<section class="card"><h2>What it means</h2><p>%s</p>
				<h2>What to do</h2><p>%s</p></section>
				<section class="card"><h2>Example</h2><pre tabindex="0">%s</pre></section>
				""".formatted(escaped(type.path()), type.status().value(), escaped(type.meaning()),
				escaped(type.remedy()), escaped(example(type))));
	}

	private static ResponseEntity<String> answer(String title, String content) {
		return ResponseEntity.ok().contentType(HTML).header("Content-Security-Policy", POLICY).body("""
				<!doctype html>
				<html lang="en">
				<head>
				<meta charset="utf-8">
				<meta name="viewport" content="width=device-width, initial-scale=1">
				<meta name="color-scheme" content="light dark">
				<title>%1$s · distribute-image</title>
				<link rel="icon" href="data:,">
				<link rel="stylesheet" href="/page.css">
				</head>
				<body>
				<header class="bar"><strong class="brand">distribute-image</strong>
				<nav aria-label="Main"><a href="/problems/">Problems</a></nav></header>
				<main class="prose">
				<h1>%1$s</h1>
				%2$s</main>
				</body>
				</html>
				""".formatted(escaped(title), content));
	}

	private String example(ProblemType type) {
		return this.json.writerWithDefaultPrettyPrinter().writeValueAsString(type.example());
	}

	private static String escaped(String text) {
		return HtmlUtils.htmlEscape(text, StandardCharsets.UTF_8.name());
	}

	/** The style sheet of all pages. */
	@Bean
	static ResourceHttpRequestHandler styleSheet() {
		ResourceHttpRequestHandler files = new ResourceHttpRequestHandler();
		files.setLocations(List.of(new ClassPathResource("static/")));
		files.setCacheControl(CacheControl.noCache());
		return files;
	}

	@Bean
	static HandlerMapping styleSheetPath() {
		return new SimpleUrlHandlerMapping(Map.of("/page.css", "styleSheet"), 1);
	}

}
