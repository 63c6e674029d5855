package dev.distributeimage.page;

import java.util.function.Supplier;

import dev.distributeimage.api.contract.JsonBody;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.security.PageSignIn;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfFilter;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.security.web.csrf.CsrfTokenRequestHandler;
import org.springframework.security.web.csrf.XorCsrfTokenRequestAttributeHandler;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Takes only forms that the page has made: each has a token, and a cookie has another
 * form of it (CSRF).
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication
@Conditional(PageServed.class)
class FormTokens {

	static final String FIELD = "_csrf";

	/** Before the filters that ask who it is. */
	private static final int ORDER = -101;

	@Bean
	FilterRegistrationBean<CsrfFilter> formTokenFilter(
			@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems, Environment environment) {
		boolean secure = PageSignIn.of(environment) == PageSignIn.POSSIBLE;
		CookieCsrfTokenRepository cookies = new CookieCsrfTokenRepository();
		cookies.setCookieName(secure ? "__Host-form-token" : "form-token");
		cookies.setCookieCustomizer((cookie) -> cookie.path("/").httpOnly(true).secure(secure).sameSite("Strict"));
		CsrfFilter filter = new CsrfFilter(cookies);
		filter.setRequestHandler(new FormBodies());
		filter.setAccessDeniedHandler((request, response, ex) -> problems
			.resolveException(request, response, null, new ProblemException(ProblemType.FORBIDDEN,
					"The form is not one of this page, or out of date. Open the run again, and send it from there.")));
		FilterRegistrationBean<CsrfFilter> registration = new FilterRegistrationBean<>(filter);
		registration.addUrlPatterns("/runs", "/runs/*", "/sign-out");
		registration.setOrder(ORDER);
		return registration;
	}

	/**
	 * Reads forms as the rest of the service reads bodies: what has arrived in parts is
	 * no parameter for the container.
	 */
	private static final class FormBodies implements CsrfTokenRequestHandler {

		private final XorCsrfTokenRequestAttributeHandler masked = new XorCsrfTokenRequestAttributeHandler();

		@Override
		public void handle(HttpServletRequest request, HttpServletResponse response, Supplier<CsrfToken> token) {
			this.masked.handle(request, response, token);
		}

		@Override
		public @Nullable String resolveCsrfTokenValue(HttpServletRequest request, CsrfToken token) {
			String type = request.getContentType();
			if (type == null || !MediaType.APPLICATION_FORM_URLENCODED.isCompatibleWith(MediaType.valueOf(type))) {
				return null;
			}
			String sent = UriComponentsBuilder.newInstance()
				.query(new String(JsonBody.read(request), UTF_8))
				.build()
				.getQueryParams()
				.getFirst(FIELD);
			return (sent != null) ? this.masked.resolveCsrfTokenValue(new SentToken(request, decoded(sent)), token)
					: null;
		}

		private static String decoded(String value) {
			return UriUtils.decode(value.replace("+", "%20"), UTF_8);
		}

	}

	/** A request with the token that its body has. */
	private static final class SentToken extends HttpServletRequestWrapper {

		private final String value;

		SentToken(HttpServletRequest request, String value) {
			super(request);
			this.value = value;
		}

		@Override
		public @Nullable String getHeader(String name) {
			return null;
		}

		@Override
		public @Nullable String getParameter(String name) {
			return this.value;
		}

	}

}
