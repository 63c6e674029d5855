package dev.distributeimage.api.problem;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/**
 * A problem document (RFC 9457).
 *
 * @param type the relative reference to the page that explains it
 * @param members what it has besides the members that every problem has
 */
@JsonPropertyOrder({ "type", "title", "status", "detail" })
public record Problem(String type, String title, int status, String detail,
		@JsonAnyGetter Map<String, Object> members) {

	public Problem {
		detail = Violation.wellFormed(detail);
	}

	/** The problem of a status that has no type of its own. */
	static Problem untyped(HttpStatusCode status, String title, String detail) {
		return new Problem("about:blank", title, status.value(), detail, Map.of());
	}

	/** The answer, whatever the caller accepts. */
	ResponseEntity<Object> response(Map<String, String> headers) {
		return ResponseEntity.status(this.status)
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.headers((all) -> headers.forEach(all::set))
			.body(this);
	}

}
