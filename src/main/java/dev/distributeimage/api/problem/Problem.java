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
 * @param type a relative reference to the page that explains it
 * @param members extension members, which depend on the type
 */
@JsonPropertyOrder({ "type", "title", "status", "detail" })
public record Problem(String type, String title, int status, String detail,
		@JsonAnyGetter Map<String, Object> members) {

	public Problem {
		detail = Violation.wellFormed(detail);
	}

	/** A problem for a status without a type of its own. */
	static Problem untyped(HttpStatusCode status, String title, String detail) {
		return new Problem("about:blank", title, status.value(), detail, Map.of());
	}

	/** The response, regardless of the Accept header. */
	ResponseEntity<Object> response(Map<String, String> headers) {
		return ResponseEntity.status(this.status)
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.headers((all) -> headers.forEach(all::set))
			.body(this);
	}

}
