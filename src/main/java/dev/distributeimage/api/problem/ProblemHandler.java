package dev.distributeimage.api.problem;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;

import dev.distributeimage.audit.RequestFailed;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import jakarta.servlet.http.HttpServletRequest;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.converter.HttpMessageNotWritableException;
import org.springframework.transaction.TransactionException;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Turns every failure into a problem document, regardless of the Accept header. */
@RestControllerAdvice
class ProblemHandler extends ResponseEntityExceptionHandler {

	/** Seconds to wait before a retry while the database is unavailable. */
	private static final Map<String, String> LATER = Map.of(HttpHeaders.RETRY_AFTER, "5");

	private static final Logger logger = LoggerFactory.getLogger(ProblemHandler.class);

	private final ApplicationEventPublisher events;

	ProblemHandler(ApplicationEventPublisher events) {
		this.events = events;
	}

	@ExceptionHandler
	ResponseEntity<Object> handle(ProblemException ex, HttpServletRequest request) {
		Problem problem = ex.problem();
		this.events.publishEvent(new RequestFailed(request, problem.status(), problem.rules()));
		return handle(ex);
	}

	ResponseEntity<Object> handle(ProblemException ex) {
		if (!ex.type().status().is5xxServerError()) {
			return ex.problem().response(ex.headers());
		}
		if (ex.type() == ProblemType.OVERLOADED) {
			return ex.problem().response(Map.of(HttpHeaders.RETRY_AFTER, spread()));
		}
		if (ex.getCause() != null) {
			logged(ex);
			this.events.publishEvent(new DatabaseFailed(ex.type()));
		}
		return ex.problem().response(LATER);
	}

	// Jitter: callers rejected together must not return together.
	private static String spread() {
		return Integer.toString(ThreadLocalRandom.current().nextInt(1, 6));
	}

	@ExceptionHandler
	ResponseEntity<Object> handle(OutcomeUnknownException ex) {
		logger.warn("The outcome of a request is unknown: {}", ex.getMessage());
		this.events.publishEvent(new DatabaseFailed(ProblemType.OUTCOME_UNKNOWN));
		return ProblemType.OUTCOME_UNKNOWN.problem(
				"The database went away in the middle of the request. Get the run to see whether it was carried out.",
				Map.of())
			.response(LATER);
	}

	@ExceptionHandler({ DataAccessException.class, TransactionException.class })
	ResponseEntity<Object> handleDatabase(RuntimeException ex) {
		logged(ex);
		this.events.publishEvent(new DatabaseFailed(ProblemType.UNAVAILABLE));
		return ProblemType.UNAVAILABLE.problem("The database failed; the request was not carried out.", Map.of())
			.response(LATER);
	}

	// A single line: while the database is unavailable, every request fails like this.
	private static void logged(RuntimeException ex) {
		logger.warn("The database failed: {}", NestedExceptionUtils.getMostSpecificCause(ex).toString());
		logger.debug("The database failed", ex);
	}

	@ExceptionHandler
	ResponseEntity<Object> handle(InvalidParameterException ex) {
		return ProblemType.INVALID_REQUEST.problem("The query string is malformed.", Map.of()).response(Map.of());
	}

	/** The client has disconnected: nobody would read the response. */
	@ExceptionHandler
	void handle(IOException ex) {
		logger.debug("The client has disconnected", ex);
	}

	@ExceptionHandler
	ResponseEntity<Object> handleUnexpected(Exception ex) {
		if (NestedExceptionUtils.getMostSpecificCause(ex) instanceof StackOverflowError overflow) {
			logger.error("The request failed: the stack overflowed at {}", top(overflow));
		}
		else {
			logger.error("The request failed", ex);
		}
		return Problems.of(HttpStatus.INTERNAL_SERVER_ERROR).response(Map.of());
	}

	// A single line: a caller that finds such a request could fill the disk with its
	// thousand frames.
	private static String top(StackOverflowError overflow) {
		return Arrays.stream(overflow.getStackTrace()).findFirst().map(StackTraceElement::toString).orElse("no frame");
	}

	// Spring lists only what is mapped, without the HEAD and OPTIONS that it answers too.
	@Override
	protected ResponseEntity<Object> handleHttpRequestMethodNotSupported(HttpRequestMethodNotSupportedException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		Set<String> allowed = new TreeSet<>(Set.of("OPTIONS"));
		for (HttpMethod method : headers.getAllow()) {
			allowed.add(method.name());
			if (method.equals(HttpMethod.GET)) {
				allowed.add("HEAD");
			}
		}
		String list = String.join(", ", allowed);
		return ProblemType.METHOD_NOT_ALLOWED
			.problem("%s is not allowed here. Allowed: %s.".formatted(ex.getMethod(), list), Map.of())
			.response(Map.of(HttpHeaders.ALLOW, list));
	}

	@Override
	protected ResponseEntity<Object> handleHttpMediaTypeNotAcceptable(HttpMediaTypeNotAcceptableException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		List<MediaType> supported = ex.getSupportedMediaTypes();
		String detail = supported.isEmpty() ? "The Accept header is malformed, or excludes everything."
				: "The response would be %s.".formatted(MediaType.toString(supported));
		return ProblemType.NOT_ACCEPTABLE.problem(detail, Map.of()).response(Map.of());
	}

	// There was no memory left for the rest of the response.
	@Override
	protected @Nullable ResponseEntity<Object> handleHttpMessageNotWritable(HttpMessageNotWritableException ex,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		return (ex.getMostSpecificCause() instanceof ProblemException problem) ? handle(problem)
				: super.handleHttpMessageNotWritable(ex, headers, status, request);
	}

	@Override
	protected @Nullable ResponseEntity<Object> handleExceptionInternal(Exception ex, @Nullable Object body,
			HttpHeaders headers, HttpStatusCode status, WebRequest request) {
		if (status.is5xxServerError()) {
			logger.error("The request failed", ex);
		}
		return super.handleExceptionInternal(ex, body, headers, status, request);
	}

	@Override
	protected ResponseEntity<Object> createResponseEntity(@Nullable Object body, HttpHeaders headers,
			HttpStatusCode status, WebRequest request) {
		return Problems.of(status).response(headers.toSingleValueMap());
	}

}
