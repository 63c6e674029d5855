package dev.distributeimage.page;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import dev.distributeimage.api.problem.Problem;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.problem.Problems;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.page.Html.View;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.annotation.Conditional;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.Ordered;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.NoHandlerFoundException;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/**
 * Tells a browser about a problem: on the page, and wherever it asks for what is not
 * there. Programs get problem documents as before, and so does everybody from the API.
 */
@Component
@Conditional(PageServed.class)
class PageProblems implements HandlerExceptionResolver, WebMvcConfigurer, Ordered {

	private static final String API = "/v1/";

	private static final List<String> OWN = List.of("/runs/", "/sign-out", "/login/oauth2/code/",
			"/oauth2/authorization/");

	private static final Logger logger = LoggerFactory.getLogger(PageProblems.class);

	private final Html html;

	PageProblems(Html html) {
		this.html = html;
	}

	@Override
	public void extendHandlerExceptionResolvers(List<HandlerExceptionResolver> resolvers) {
		resolvers.add(0, this);
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	public @Nullable ModelAndView resolveException(HttpServletRequest request, HttpServletResponse response,
			@Nullable Object handler, Exception ex) {
		Problem problem = problem(ex);
		if (problem == null || !isForPeople(request, problem)) {
			return null;
		}
		try {
			write(request, response, problem);
		}
		catch (IOException failed) {
			logger.debug("The client has disconnected", failed);
		}
		return new ModelAndView();
	}

	private static @Nullable Problem problem(Exception ex) {
		if (ex instanceof ProblemException problem) {
			return problem.problem();
		}
		if (ex instanceof DataAccessException || ex instanceof TransactionException) {
			logger.warn("The database failed: {}", NestedExceptionUtils.getMostSpecificCause(ex).toString());
			return new ProblemException(ProblemType.UNAVAILABLE, "The database cannot be reached at the moment.")
				.problem();
		}
		return (ex instanceof NoHandlerFoundException || ex instanceof NoResourceFoundException)
				? Problems.of(HttpStatus.NOT_FOUND) : null;
	}

	private static boolean isForPeople(HttpServletRequest request, Problem problem) {
		String path = request.getRequestURI();
		if (path.equals("/runs") || OWN.stream().anyMatch(path::startsWith)) {
			return true;
		}
		return problem.status() == HttpStatus.NOT_FOUND.value() && !path.startsWith(API) && prefersHtml(request);
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

	// What only a wildcard includes is not asked for.
	private static double quality(List<MediaType> accepted, MediaType type) {
		return accepted.stream()
			.filter((range) -> range.equalsTypeAndSubtype(type))
			.mapToDouble(MediaType::getQualityValue)
			.max()
			.orElse(0);
	}

	private void write(HttpServletRequest request, HttpServletResponse response, Problem problem) throws IOException {
		response.setStatus(problem.status());
		response.setHeader("Content-Security-Policy", Html.POLICY);
		response.setContentType(Html.TYPE.toString());
		response.getWriter().write(this.html.document(request, problem.title(), new View("problem", shown(problem))));
	}

	private static Map<String, Object> shown(Problem problem) {
		List<String> errors = (problem.members().get("errors") instanceof List<?> list)
				? list.stream().filter(Violation.class::isInstance).map((error) -> sentence((Violation) error)).toList()
				: List.of();
		return Map.of("status", problem.status(), "title", problem.title(), "detail", problem.detail(), "errors",
				errors, "type", problem.type().startsWith("/") ? problem.type() : "");
	}

	private static String sentence(Violation error) {
		String where = (error.parameter() != null) ? error.parameter() : error.pointer();
		return (where != null) ? where + ": " + error.detail() : error.detail();
	}

}
