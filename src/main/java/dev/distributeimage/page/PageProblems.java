package dev.distributeimage.page;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

import dev.distributeimage.api.problem.Problem;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.page.Html.View;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

import org.springframework.context.annotation.Conditional;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * Shows problems to browsers: those of the page, and that of asking for what is not
 * there. Programs get the problem document, and so does everybody from the API.
 */
@ControllerAdvice
@Conditional(PageServed.class)
class PageProblems implements ResponseBodyAdvice<Object> {

	private static final String API = "/v1/";

	private static final String RUN = "/runs/";

	private static final List<String> OWN = List.of(RUN, "/sign-out", "/login/oauth2/code/", "/oauth2/authorization/");

	private final Html html;

	PageProblems(Html html) {
		this.html = html;
	}

	@Override
	public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converter) {
		return true;
	}

	@Override
	public @Nullable Object beforeBodyWrite(@Nullable Object body, MethodParameter returnType, MediaType type,
			Class<? extends HttpMessageConverter<?>> converter, ServerHttpRequest request,
			ServerHttpResponse response) {
		if (!(body instanceof Problem problem) || !(request instanceof ServletServerHttpRequest servlet)
				|| !isForPeople(servlet.getServletRequest(), problem)) {
			return body;
		}
		write(servlet.getServletRequest(), response, problem);
		return null;
	}

	private static boolean isForPeople(HttpServletRequest request, Problem problem) {
		String path = request.getRequestURI();
		boolean hasAPage = path.equals("/runs") || OWN.stream().anyMatch(path::startsWith)
				|| (problem.status() == HttpStatus.NOT_FOUND.value() && !path.startsWith(API));
		return hasAPage && prefersHtml(request);
	}

	private static boolean prefersHtml(HttpServletRequest request) {
		try {
			List<MediaType> accepted = MediaType.parseMediaTypes(request.getHeader(HttpHeaders.ACCEPT));
			double html = quality(accepted, MediaType.TEXT_HTML);
			return html > 0 && html > quality(accepted, MediaType.APPLICATION_PROBLEM_JSON)
					&& html >= quality(accepted, MediaType.APPLICATION_JSON);
		}
		catch (InvalidMediaTypeException ex) {
			return false;
		}
	}

	// A type that only a wildcard includes is not asked for.
	private static double quality(List<MediaType> accepted, MediaType type) {
		return accepted.stream()
			.filter((range) -> range.equalsTypeAndSubtype(type))
			.mapToDouble(MediaType::getQualityValue)
			.max()
			.orElse(0);
	}

	private void write(HttpServletRequest request, ServerHttpResponse response, Problem problem) {
		String seconds = response.getHeaders().getFirst(HttpHeaders.RETRY_AFTER);
		String document = this.html.document(request, problem.title(),
				new View("problem", shown(problem, request.getRequestURI(), seconds)));
		response.getHeaders().set("Content-Security-Policy", Html.POLICY);
		response.getHeaders().setContentType(Html.TYPE);
		try {
			response.getBody().write(document.getBytes(StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Map<String, Object> shown(Problem problem, String path, @Nullable String seconds) {
		List<String> errors = (problem.members().get("errors") instanceof List<?> list) ? list.stream()
			.filter(Violation.class::isInstance)
			.map((error) -> sentence((Violation) error))
			.filter((error) -> !error.equals(problem.detail()))
			.toList() : List.of();
		return Map.of("status", problem.status(), "title", problem.title(), "detail", detail(problem), "errors", errors,
				"advice", advice(problem, path, seconds), "run", run(problem, path), "type",
				problem.type().startsWith("/") ? problem.type() : "");
	}

	// The detail is for programs; people are told by the advice.
	private static String detail(Problem problem) {
		return isUnknown(problem) ? "The database went away in the middle of the request." : problem.detail();
	}

	private static String advice(Problem problem, String path, @Nullable String seconds) {
		if (isUnknown(problem)) {
			return "Open the run to see whether it was %s."
				.formatted(path.endsWith("/cancel") ? "cancelled" : "retried");
		}
		return (seconds != null) ? "Try again in %s s.".formatted(seconds) : "";
	}

	private static boolean isUnknown(Problem problem) {
		return problem.type().equals(ProblemType.OUTCOME_UNKNOWN.path());
	}

	/** The page of the run that a form is about, if there is one. */
	private static String run(Problem problem, String path) {
		boolean isForm = path.startsWith(RUN) && path.lastIndexOf('/') > RUN.length();
		return (isForm && problem.status() != HttpStatus.NOT_FOUND.value()) ? path.substring(0, path.lastIndexOf('/'))
				: "";
	}

	private static String sentence(Violation error) {
		String where = (error.parameter() != null) ? error.parameter() : error.pointer();
		return (where != null) ? where + ": " + error.detail() : error.detail();
	}

}
