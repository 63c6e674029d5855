package dev.distributeimage.security;

import java.util.List;
import java.util.Map;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.api.problem.Violation;
import dev.distributeimage.audit.RequestFailed;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authorization.AuthorizationDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.web.servlet.HandlerExceptionResolver;

/** Answers, with a problem document, those who are not let in. */
final class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler {

	private static final String CHALLENGE = "Bearer realm=\"distribute-image\"";

	private static final String INVALID_TOKEN = CHALLENGE + ", error=\"invalid_token\"";

	private final HandlerExceptionResolver problems;

	Refusals(HandlerExceptionResolver problems) {
		this.problems = problems;
	}

	/** Refuses a sender who is not known. */
	@Override
	public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException ex) {
		if (ex instanceof KeysUnavailableException) {
			answer(request, response, new ProblemException(ProblemType.UNAVAILABLE, String.valueOf(ex.getMessage())));
		}
		else if (ex instanceof TokenRefusedException refused) {
			RequestFailed.because(request, refused.rule());
			unauthenticated(request, response, INVALID_TOKEN, String.valueOf(ex.getMessage()));
		}
		else if (ex instanceof OAuth2AuthenticationException invalid) {
			refuse(request, response, invalid);
		}
		else {
			signedOut(request, response, "The request has no token: send Authorization: Bearer TOKEN.");
		}
	}

	/** Refuses a sender who has neither a token nor a session. */
	void signedOut(HttpServletRequest request, HttpServletResponse response, String detail) {
		RequestFailed.because(request, "no-token");
		unauthenticated(request, response, CHALLENGE, detail);
	}

	// Spring's own messages may quote the token.
	private void refuse(HttpServletRequest request, HttpServletResponse response, OAuth2AuthenticationException ex) {
		if (ex.getError().getErrorCode().equals(OAuth2ErrorCodes.INVALID_REQUEST)) {
			RequestFailed.because(request, "two-tokens");
			answer(request, response, new ProblemException(ProblemType.INVALID_REQUEST,
					"The request has more than one Authorization header."));
		}
		else {
			RequestFailed.because(request, "jwt");
			unauthenticated(request, response, INVALID_TOKEN, "The token is no signed JWT, or names no issuer (iss).");
		}
	}

	private void unauthenticated(HttpServletRequest request, HttpServletResponse response, String challenge,
			String detail) {
		response.setHeader(HttpHeaders.WWW_AUTHENTICATE, challenge);
		answer(request, response, new ProblemException(ProblemType.UNAUTHENTICATED, detail));
	}

	/** Refuses a sender who is known. */
	@Override
	public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException ex) {
		if (ex instanceof AuthorizationDeniedException denied
				&& denied.getAuthorizationResult() instanceof Refusal refusal) {
			answer(request, response, new ProblemException(ProblemType.FORBIDDEN, refusal.detail(),
					Map.of("errors", List.of(Violation.ofRule(refusal.rule(), refusal.detail())))));
		}
		else {
			answer(request, response, new ProblemException(ProblemType.FORBIDDEN, "The caller may not do this."));
		}
	}

	/** Answers with a problem. */
	void answer(HttpServletRequest request, HttpServletResponse response, ProblemException problem) {
		this.problems.resolveException(request, response, null, problem);
	}

}
