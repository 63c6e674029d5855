package dev.distributeimage.security;

import java.io.IOException;

import dev.distributeimage.api.limit.CallerLimits;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.caller.Caller;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.security.core.context.SecurityContextHolder;

/** Limits how many requests the callers of an owner send, once for each request. */
final class LimitFilter implements Filter {

	private final CallerLimits limits;

	private final Refusals refusals;

	LimitFilter(CallerLimits limits, Refusals refusals) {
		this.limits = limits;
		this.refusals = refusals;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request.getDispatcherType() == DispatcherType.REQUEST
				&& SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication sender
				&& sender.caller() != null) {
			try {
				take(sender.caller(), (HttpServletRequest) request, (HttpServletResponse) response);
			}
			catch (ProblemException ex) {
				this.refusals.answer((HttpServletRequest) request, (HttpServletResponse) response, ex);
				return;
			}
		}
		chain.doFilter(request, response);
	}

	// Every answer to a start tells what is left, also if its handler is not reached.
	private void take(Caller caller, HttpServletRequest request, HttpServletResponse response) {
		this.limits.of(caller).ifPresent((owner) -> {
			this.limits.take(owner.requests(), response);
			if (AccessRules.isStart(request)) {
				CallerLimits.show(response, owner.starts());
			}
		});
	}

}
