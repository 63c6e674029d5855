package dev.distributeimage.security;

import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Set;

import dev.distributeimage.api.limit.CallerLimits;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.audit.RequestFailed;
import dev.distributeimage.caller.Caller;
import io.github.bucket4j.TimeMeter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizationRequestRedirectFilter;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.context.HttpSessionSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.savedrequest.NullRequestCache;

/**
 * Lets people in who have signed in with a browser. Their session has what a token would
 * say, as long as that is valid, and takes them also to what the page reads of the API.
 * Whatever changes something is a form of the page. Nobody else has a session.
 */
final class PageChain {

	private static final Set<String> PATHS = Set.of("/", "/runs");

	private static final List<String> PREFIXES = List.of("/runs/", "/oauth2/authorization/", "/login/oauth2/code/");

	private static final String API = "/v1/runs";

	private final FailedSignIns failures = new FailedSignIns(TimeMeter.SYSTEM_NANOTIME);

	private final Refusals refusals;

	private final CallerLimits limits;

	private final Clock clock;

	PageChain(Refusals refusals, CallerLimits limits, Clock clock) {
		this.refusals = refusals;
		this.limits = limits;
		this.clock = clock;
	}

	SecurityFilterChain filters(PageClients clients, Issuers issuers) {
		HttpSessionSecurityContextRepository sessions = new HttpSessionSecurityContextRepository();
		SignInCookie begun = new SignInCookie(clients, this.clock);
		OAuth2AuthorizationRequestRedirectFilter begin = new OAuth2AuthorizationRequestRedirectFilter(clients);
		begin.setAuthorizationRequestRepository(begun);
		begin.setAuthenticationFailureHandler(this::failed);
		PageLogin login = new PageLogin(clients, issuers);
		login.setAuthorizationRequestRepository(begun);
		login.setSecurityContextRepository(sessions);
		login.setAuthenticationSuccessHandler(
				(request, response, sender) -> response.sendRedirect(SignInCookie.wanted(request)));
		login.setAuthenticationFailureHandler(this::failed);
		ExceptionTranslationFilter exceptions = new ExceptionTranslationFilter(
				(request, response, ex) -> signIn(clients.registration(), request, response, ex),
				new NullRequestCache());
		exceptions.setAccessDeniedHandler(this.refusals);
		return new DefaultSecurityFilterChain(PageChain::isOfThePage,
				List.<Filter>of(new SecurityContextHolderFilter(sessions), this::endWithToken, begin, login,
						new CallerFilter(), new LimitFilter(this.limits, this.refusals), exceptions,
						new AuthorizationFilter(new ApiAccess())));
	}

	private static boolean isOfThePage(HttpServletRequest request) {
		String path = request.getRequestURI();
		return PATHS.contains(path) || PREFIXES.stream().anyMatch(path::startsWith) || isRead(request, path);
	}

	// A sender of a token is asked for nothing else.
	private static boolean isRead(HttpServletRequest request, String path) {
		return request.getMethod().equals("GET") && (path.equals(API) || path.startsWith(API + "/"))
				&& request.getHeader(HttpHeaders.AUTHORIZATION) == null && request.isRequestedSessionIdValid();
	}

	// A session must not last longer than what it was begun with.
	private void endWithToken(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (SecurityContextHolder.getContext().getAuthentication() instanceof CallerAuthentication sender
				&& hasEnded(sender.sender())) {
			SecurityContextHolder.clearContext();
			Sessions.end((HttpServletRequest) request);
		}
		chain.doFilter(request, response);
	}

	private boolean hasEnded(Caller sender) {
		return sender.timeLeft(this.clock).filter((left) -> left.isNegative() || left.isZero()).isPresent();
	}

	private void signIn(String registration, HttpServletRequest request, HttpServletResponse response,
			AuthenticationException ex) throws IOException {
		if (request.getRequestURI().startsWith(API)) {
			this.refusals.commence(request, response, ex);
		}
		else if (!isGet(request)) {
			this.refusals.signedOut(request, response,
					"You were signed out, and nothing was done. Sign in, and send the form again.");
		}
		else if (!isNavigation(request)) {
			this.refusals.signedOut(request, response, "You are signed out. Reload the page.");
		}
		else {
			response.sendRedirect("/oauth2/authorization/" + registration + SignInCookie.queryFor(request));
		}
	}

	private static boolean isGet(HttpServletRequest request) {
		return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
	}

	// A script that fetches would begin a sign-in that nobody sees. Old browsers do not
	// tell.
	private static boolean isNavigation(HttpServletRequest request) {
		String destination = request.getHeader("Sec-Fetch-Dest");
		return destination == null || destination.equals("document");
	}

	private void failed(HttpServletRequest request, HttpServletResponse response, AuthenticationException ex) {
		// One that could not even begin is wrapped.
		AuthenticationException reason = (ex.getCause() instanceof ProviderUnavailableException unavailable)
				? unavailable : ex;
		if (!(reason instanceof ProviderUnavailableException)) {
			this.failures.log(reason);
		}
		RequestFailed.because(request, (ex instanceof TokenRefusedException refused) ? refused.rule() : "sign-in");
		this.refusals.answer(request, response, problem(reason));
	}

	private static ProblemException problem(AuthenticationException ex) {
		if (ex instanceof ProviderUnavailableException || ex instanceof KeysUnavailableException) {
			return new ProblemException(ProblemType.UNAVAILABLE, String.valueOf(ex.getMessage()));
		}
		if (ex instanceof TooManySignInsException) {
			return new ProblemException(ProblemType.OVERLOADED, String.valueOf(ex.getMessage()));
		}
		String detail = (ex instanceof TokenRefusedException) ? String.valueOf(ex.getMessage())
				: "The provider did not answer as it should, or the sign-in took too long or began elsewhere.";
		return new ProblemException(ProblemType.UNAUTHENTICATED, "Signing in did not work. " + detail);
	}

}
