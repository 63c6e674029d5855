package dev.distributeimage.api.problem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.distributeimage.audit.RequestFailed;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.ActionCode;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;

/**
 * Answers with a problem document when Tomcat, a valve or a filter rejects a request, for
 * instance because of a malformed request line or a header that is too long.
 */
class ProblemValve extends ErrorReportValve {

	/**
	 * Tomcat's statuses for a method, coding or version that it does not know. That is
	 * the caller's fault.
	 */
	private static final Set<Integer> NOT_SUPPORTED = Set.of(HttpStatus.NOT_IMPLEMENTED.value(),
			HttpStatus.HTTP_VERSION_NOT_SUPPORTED.value());

	private final JsonMapper json;

	private final ApplicationEventPublisher events;

	ProblemValve(JsonMapper json, ApplicationEventPublisher events) {
		this.json = json;
		this.events = events;
	}

	@Override
	protected void report(Request request, Response response, @Nullable Throwable throwable) {
		if (response.getStatus() < 400 || response.getContentWritten() > 0 || !isWritable(response)) {
			return;
		}
		// An endpoint of Spring Boot's may set a status, and no more.
		response.setError();
		if (!response.setErrorReported()) {
			return;
		}
		if (NOT_SUPPORTED.contains(response.getStatus())) {
			response.setStatus(HttpStatus.BAD_REQUEST.value());
		}
		this.events.publishEvent(new RequestFailed(request, response.getStatus(), null));
		Problem problem = Problems.of(HttpStatusCode.valueOf(response.getStatus()));
		response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		try (Writer out = response.getReporter()) {
			out.write(this.json.writeValueAsString(problem));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static boolean isWritable(Response response) {
		AtomicBoolean writable = new AtomicBoolean();
		response.getCoyoteResponse().action(ActionCode.IS_IO_ALLOWED, writable);
		return writable.get();
	}

}
