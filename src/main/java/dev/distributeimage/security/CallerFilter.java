package dev.distributeimage.security;

import java.io.IOException;

import dev.distributeimage.caller.Caller;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Tells the rest of the service who sends a request, without types of Spring Security.
 */
final class CallerFilter implements Filter {

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication known) {
			Caller caller = known.caller();
			if (caller != null) {
				caller.attachTo((HttpServletRequest) request);
			}
			else {
				known.sender().attachAsStrangerTo((HttpServletRequest) request);
			}
		}
		chain.doFilter(request, response);
	}

}
