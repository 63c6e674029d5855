package dev.distributeimage.page;

import java.nio.charset.StandardCharsets;
import java.util.Map;

import dev.distributeimage.caller.Caller;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Conditional;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.stereotype.Component;

/** Makes answers for browsers, with the policy that they are bound to. */
@Component
@Conditional(PageServed.class)
class Html {

	static final MediaType TYPE = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

	static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
			+ " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

	private final Templates templates;

	Html(Templates templates) {
		this.templates = templates;
	}

	/**
	 * The answer that a template makes of a model.
	 * @param title the title of the document
	 */
	ResponseEntity<String> answer(HttpServletRequest request, HttpStatusCode status, String title, View view) {
		return ResponseEntity.status(status)
			.contentType(TYPE)
			.header("Content-Security-Policy", POLICY)
			.body(document(request, title, view));
	}

	/** The document that a template makes of a model. */
	String document(HttpServletRequest request, String title, View view) {
		Object token = request.getAttribute(CsrfToken.class.getName());
		Frame frame = new Frame(title, viewer(request), (token instanceof CsrfToken csrf) ? csrf.getToken() : null,
				this.templates.html(view.template(),
						Map.of("it", view.model(), "csrf", (token instanceof CsrfToken csrf) ? csrf.getToken() : "")));
		return this.templates.html("frame", frame);
	}

	private static @Nullable String viewer(HttpServletRequest request) {
		return Caller.signedIn(request).map(Caller::subject).orElse(null);
	}

	/** A template and what it shows. */
	record View(String template, Object model) {
	}

	/**
	 * The frame of every view.
	 *
	 * @param viewer who is signed in, if anybody has to
	 * @param content HTML
	 */
	record Frame(String title, @Nullable String viewer, @Nullable String csrf, String content) {
	}

}
