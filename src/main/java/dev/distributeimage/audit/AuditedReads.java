package dev.distributeimage.audit;

import java.util.Set;

import dev.distributeimage.caller.Requester;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Records reads, where the settings ask for it: of runs, of lists, and of events, by the
 * API or on the page.
 */
@Component
class AuditedReads implements WebMvcConfigurer, HandlerInterceptor {

	private static final Set<String> READS = Set.of("GET", "HEAD");

	private final AuditTrail trail;

	private final AuditSettings settings;

	AuditedReads(AuditTrail trail, AuditSettings settings) {
		this.trail = trail;
		this.settings = settings;
	}

	@Override
	public void addInterceptors(InterceptorRegistry registry) {
		if (this.settings.reads()) {
			registry.addInterceptor(this).addPathPatterns("/v1/**", "/runs/**");
		}
	}

	@Override
	public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
			@Nullable Exception ex) {
		if (READS.contains(request.getMethod()) && response.getStatus() < 300) {
			this.trail.note(new AuditEvent(AuditedAction.READ, null, Requester.of(request), RequestedPath.run(request),
					response.getStatus(), null));
		}
	}

}
