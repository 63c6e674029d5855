package dev.distributeimage.api.problem;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

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

	private static final int MOST_RULES = 20;

	public Problem {
		detail = Violation.wellFormed(detail);
	}

	/** A problem for a status without a type of its own. */
	static Problem untyped(HttpStatusCode status, String title, String detail) {
		return new Problem("about:blank", title, status.value(), detail, Map.of());
	}

	/**
	 * The rules that were broken, or the limits that were exceeded, separated by commas;
	 * or null.
	 */
	@Nullable String rules() {
		String rules = Stream.of("errors", "violated-policies")
			.flatMap((name) -> (this.members.get(name) instanceof List<?> list) ? list.stream() : Stream.empty())
			.map((broken) -> (broken instanceof Violation violation) ? violation.rule() : broken)
			.filter(Objects::nonNull)
			.map(Object::toString)
			.distinct()
			.limit(MOST_RULES)
			.collect(Collectors.joining(", "));
		return rules.isEmpty() ? null : rules;
	}

	/** The response, regardless of the Accept header. */
	ResponseEntity<Object> response(Map<String, String> headers) {
		return ResponseEntity.status(this.status)
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.headers((all) -> headers.forEach(all::set))
			.body(this);
	}

}
