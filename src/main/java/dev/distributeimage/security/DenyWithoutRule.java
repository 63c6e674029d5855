package dev.distributeimage.security;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Denies by default: a request without a rule is let in for its 404 or 405, and must not
 * reach a handler, such as one that was mapped after the start.
 */
final class DenyWithoutRule implements WebMvcConfigurer, HandlerInterceptor {

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		registry.addInterceptor(this);
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		// OPTIONS has a handler of Spring's own.
		if (request.getAttribute(ApiAccess.WITHOUT_RULE) != null && !request.getMethod().equals("OPTIONS")) {
			throw new ProblemException(ProblemType.FORBIDDEN, "Nobody may do this.");
		}
		return true;
	}

}
