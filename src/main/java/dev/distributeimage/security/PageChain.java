package dev.distributeimage.security;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Set;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.caller.Caller;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;

import org.springframework.http.HttpHeaders;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.web.servlet.HandlerExceptionResolver;

/**
 * Lets people in who have signed in with a browser. Their session has what a token would
 * say, as long as that is valid, and takes them also to what the page reads of the API.
 * Whatever changes something is a form of the page.
 */
final class PageChain {

	private static final Set<String> PATHS = Set.of("/", "/runs");

	private static final List<String> PREFIXES = List.of("/runs/", "/oauth2/authorization/", "/login/oauth2/code/");

	private static final String API = "/v1/runs";

	/** Where somebody wanted to go who has to sign in first. */
	private static final String WANTED = PageChain.class.getName() + ".wanted";

	/** Seconds within which somebody has to sign in. */
	private static final int SIGN_IN_WITHIN = 600;

	private final Refusals refusals;

	private final HandlerExceptionResolver problems;

	private final String registration;

	private final Clock clock;

	/**
	 * Creates the chain.
	 * @param registration the name of the client registration
	 */
	PageChain(String registration, Refusals refusals, HandlerExceptionResolver problems, Clock clock) {
		this.registration = registration;
		this.refusals = refusals;
		this.problems = problems;
		this.clock = clock;
	}

	SecurityFilterChain filters(ClientRegistrationRepository clients, Issuers issuers) {
		HttpSessionSecurityContextRepository sessions = new HttpSessionSecurityContextRepository();
		OAuth2AuthorizationRequestRedirectFilter begin = new OAuth2AuthorizationRequestRedirectFilter(clients);
		begin.setAuthenticationFailureHandler(this::failed);
		PageLogin login = new PageLogin(clients, issuers);
		login.setSecurityContextRepository(sessions);
		login.setAuthenticationSuccessHandler((request, response, sender) -> signedIn(request, response));
		login.setAuthenticationFailureHandler(this::failed);
		ExceptionTranslationFilter exceptions = new ExceptionTranslationFilter(this::signIn, new NullRequestCache());
		exceptions.setAccessDeniedHandler(this.refusals);
		return new DefaultSecurityFilterChain(PageChain::isOfThePage,
				List.<Filter>of(new SecurityContextHolderFilter(sessions), this::endWithToken, begin, login,
						new CallerFilter(), exceptions, new AuthorizationFilter(new ApiAccess())));
	}

	private static boolean isOfThePage(HttpServletRequest request) {
		String path = request.getRequestURI();
		return PATHS.contains(path) || PREFIXES.stream().anyMatch(path::startsWith) || isRead(request, path);
	}

	// Whoever sends a token is asked for nothing else.
	private static boolean isRead(HttpServletRequest request, String path) {
		return request.getMethod().equals("GET") && (path.equals(API) || path.startsWith(API + "/"))
				&& request.getHeader(HttpHeaders.AUTHORIZATION) == null && request.isRequestedSessionIdValid();
	}

	// A session must not last longer than what it was begun with.
	private void endWithToken(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication sender
				&& hasEnded(sender)) {
			SecurityContextHolder.clearContext();
			HttpSession session = ((HttpServletRequest) request).getSession(false);
			if (session != null) {
				session.invalidate();
			}
		}
		chain.doFilter(request, response);
	}

	private boolean hasEnded(CallerAuthentication sender) {
		Caller caller = sender.caller();
		return caller != null
				&& caller.timeLeft(this.clock).filter((left) -> left.isNegative() || left.isZero()).isPresent();
	}

	private void signIn(HttpServletRequest request, HttpServletResponse response, AuthenticationException ex)
			throws IOException {
		if (request.getRequestURI().startsWith(API)) {
			this.refusals.commence(request, response, ex);
			return;
		}
		try {
			HttpSession session = request.getSession();
			session.setMaxInactiveInterval(SIGN_IN_WITHIN);
			if (request.getMethod().equals("GET")) {
				String query = (request.getQueryString() != null) ? "?" + request.getQueryString() : "";
				session.setAttribute(WANTED, request.getRequestURI() + query);
			}
		}
		catch (IllegalStateException tooMany) {
			this.problems.resolveException(request, response, null, new ProblemException(ProblemType.OVERLOADED,
					"Too many people are about to sign in. Try again in a minute."));
			return;
		}
		response.sendRedirect("/oauth2/authorization/" + this.registration);
	}

	private static void signedIn(HttpServletRequest request, HttpServletResponse response) throws IOException {
		HttpSession session = request.getSession();
		Object wanted = session.getAttribute(WANTED);
		session.removeAttribute(WANTED);
		session.setMaxInactiveInterval(60 * request.getServletContext().getSessionTimeout());
		response.sendRedirect((wanted instanceof String path && path.startsWith("/runs")) ? path : "/runs");
	}

	private void failed(HttpServletRequest request, HttpServletResponse response, AuthenticationException ex) {
		String detail = (ex instanceof TokenRefusedException) ? String.valueOf(ex.getMessage())
				: "The provider did not answer as it should, or this took too long.";
		this.problems.resolveException(request, response, null,
				new ProblemException(ProblemType.UNAUTHENTICATED, "Signing in did not work. " + detail));
	}

}
