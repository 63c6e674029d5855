package dev.distributeimage.security;

import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

import dev.distributeimage.api.limit.CallerLimits;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
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
 * and no others: only the page has a session, forms and cookies.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication
@Conditional(Mode.SignIn.class)
class SignIn {

	@Bean(BeanIds.SPRING_SECURITY_FILTER_CHAIN)
	FilterChainProxy signIn(Issuers issuers, CallerLimits limits,
			@Qualifier("handlerExceptionResolver") HandlerExceptionResolver problems,
			ObjectProvider<PageClients> clients, Clock clock) {
		Refusals refusals = new Refusals(problems);
		Stream<SecurityFilterChain> page = clients.stream()
			.map((one) -> new PageChain(refusals, limits, clock).filters(one, issuers));
		RequestMatcher health = new AndRequestMatcher(SignIn::isManagement, EndpointRequest.to(HealthEndpoint.class));
		Filter authentication = authentication(issuers, refusals);
		Filter exceptions = exceptions(refusals);
		FilterChainProxy chains = new FilterChainProxy(Stream.of(
				Stream.of(new DefaultSecurityFilterChain(health),
						chain(SignIn::isManagement, authentication, exceptions,
								new AuthorizationFilter(new ManagementAccess())),
						new DefaultSecurityFilterChain(SignIn::isOpen)),
				page, Stream.of(chain(AnyRequestMatcher.INSTANCE, authentication, new LimitFilter(limits, refusals),
						exceptions, new AuthorizationFilter(new ApiAccess()))))
			.flatMap((some) -> some)
			.toList());
		chains.setFirewall(firewall());
		return chains;
	}

	private static SecurityFilterChain chain(RequestMatcher requests, Filter authentication, Filter... more) {
		return new DefaultSecurityFilterChain(requests, Stream
			.concat(Stream.of(new SecurityContextHolderFilter(new RequestAttributeSecurityContextRepository()),
					authentication, new CallerFilter()), Stream.of(more))
			.toList());
	}

	private static Filter authentication(Issuers issuers, Refusals refusals) {
		BearerTokenAuthenticationConverter token = new BearerTokenAuthenticationConverter();
		token.setBearerTokenResolver(new OneBearerToken(issuers::know));
		BearerTokenAuthenticationFilter authentication = new BearerTokenAuthenticationFilter(issuers.byToken(), token);
		authentication.setAuthenticationEntryPoint(refusals);
		return authentication;
	}

	private static Filter exceptions(Refusals refusals) {
		ExceptionTranslationFilter exceptions = new ExceptionTranslationFilter(refusals, new NullRequestCache());
		exceptions.setAccessDeniedHandler(refusals);
		return exceptions;
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
	DenyWithoutRule denyWithoutRule() {
		return new DenyWithoutRule();
	}

	@Bean
	HandlerRuleCheck handlerRuleCheck(List<HandlerMapping> mappings) {
		return new HandlerRuleCheck(mappings);
	}

}
