package dev.distributeimage.security;

import java.time.Clock;
import java.util.List;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.config.BeanIds;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.util.matcher.AndRequestMatcher;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.context.support.WebApplicationContextUtils;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Lets in only callers with a token. The chains are made of the filters that are needed,
 * and no others: nothing here has a session, a form or a cookie.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication
@Conditional(Mode.SignIn.class)
class SignIn {

	@Bean(BeanIds.SPRING_SECURITY_FILTER_CHAIN)
	FilterChainProxy signIn(Issuers issuers, @Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems) {
		Refusals refusals = new Refusals(problems);
		RequestMatcher health = new AndRequestMatcher(SignIn::isManagement, EndpointRequest.to(HealthEndpoint.class));
		FilterChainProxy chains = new FilterChainProxy(List.of(new DefaultSecurityFilterChain(health),
				chain(SignIn::isManagement, issuers, new ManagementAccess(), refusals),
				new DefaultSecurityFilterChain(SignIn::isOpen),
				chain(AnyRequestMatcher.INSTANCE, issuers, new ApiAccess(), refusals)));
		chains.setFirewall(firewall());
		return chains;
	}

	private static SecurityFilterChain chain(RequestMatcher requests, Issuers issuers,
			AuthorizationManager<HttpServletRequest> access, Refusals refusals) {
		BearerTokenAuthenticationConverter token = new BearerTokenAuthenticationConverter();
		token.setBearerTokenResolver(new OneBearerToken());
		BearerTokenAuthenticationFilter authentication = new BearerTokenAuthenticationFilter(issuers.byToken(), token);
		authentication.setAuthenticationEntryPoint(refusals);
		ExceptionTranslationFilter exceptions = new ExceptionTranslationFilter(refusals, new NullRequestCache());
		exceptions.setAccessDeniedHandler(refusals);
		return new DefaultSecurityFilterChain(requests,
				List.<Filter>of(new SecurityContextHolderFilter(new RequestAttributeSecurityContextRepository()),
						authentication, new CallerFilter(), exceptions, new AuthorizationFilter(access)));
	}

	private static boolean isManagement(HttpServletRequest request) {
		return WebServerApplicationContext.hasServerNamespace(
				WebApplicationContextUtils.getWebApplicationContext(request.getServletContext()), "management");
	}

	private static boolean isOpen(HttpServletRequest request) {
		return AccessRules.of(request).filter(AccessRules.Rule::isOpen).isPresent();
	}

	// It would complain about headers and parameters only when they are read, and there
	// with a 500. They are checked where they are used.
	private static StrictHttpFirewall firewall() {
		StrictHttpFirewall firewall = new StrictHttpFirewall();
		firewall.setAllowedHeaderNames((name) -> true);
		firewall.setAllowedHeaderValues((value) -> true);
		firewall.setAllowedParameterNames((name) -> true);
		firewall.setAllowedParameterValues((value) -> true);
		return firewall;
	}

	@Bean
	Issuers issuers(SecuritySettings settings, OAuth2ResourceServerProperties spring, Clock clock) {
		return new Issuers(settings, spring.getJwt(), clock);
	}

	@Bean
	RuledHandlers ruledHandlers() {
		return new RuledHandlers();
	}

	@Bean
	MappedHandlers mappedHandlers(List<HandlerMapping> mappings) {
		return new MappedHandlers(mappings);
	}

}
