package dev.distributeimage.api.problem;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.HtmlUtils;

/** Serves the pages that the types of problems refer to. */
@RestController
class ProblemPages {

	private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

	private static final String STYLE = """
			body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem }
			pre { background: #f4f4f4; color: #222; padding: 1rem; overflow-x: auto }
			""";

	private static final String POLICY = "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
		.formatted(sha256(STYLE));

	private final JsonMapper json;

	ProblemPages(JsonMapper json) {
		this.json = json;
	}

	@GetMapping("/problems/{name}")
	ResponseEntity<String> page(@PathVariable String name) {
		ProblemType type = ProblemType.named(name)
			.orElseThrow(() -> new ProblemException(ProblemType.NOT_FOUND, "There is no problem type of this name."));
		return ResponseEntity.ok().contentType(HTML).header("Content-Security-Policy", POLICY).body(html(type));
	}

	private String html(ProblemType type) {
		return """
				<!doctype html>
				<html lang="en">
				<head>
				<meta charset="utf-8">
				<meta name="viewport" content="width=device-width, initial-scale=1">
				<title>%1$s</title>
				<style>%7$s</style>
				</head>
				<body>
				<h1>%1$s</h1>
				<p><code>%2$s</code>, status %3$d</p>
				<h2>What it means</h2>
				<p>%4$s</p>
				<h2>What to do</h2>
				<p>%5$s</p>
				<h2>Example</h2>
				<pre>%6$s</pre>
				</body>
				</html>
				""".formatted(escaped(type.title()), escaped(type.path()), type.status().value(),
				escaped(type.meaning()), escaped(type.remedy()), escaped(example(type)), STYLE);
	}

	private String example(ProblemType type) {
		return this.json.writerWithDefaultPrettyPrinter().writeValueAsString(type.example());
	}

	private static String sha256(String text) {
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
			return Base64.getEncoder().encodeToString(hash);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String escaped(String text) {
		return HtmlUtils.htmlEscape(text, StandardCharsets.UTF_8.name());
	}

}
