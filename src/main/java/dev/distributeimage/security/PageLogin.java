package dev.distributeimage.security;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import io.github.bucket4j.TimeMeter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.client.web.OAuth2LoginAuthenticationFilter;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.core.oidc.user.DefaultOidcUser;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;
import org.springframework.security.web.authentication.session.ChangeSessionIdAuthenticationStrategy;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/**
 * Ends a sign-in with OpenID Connect. Who it is, and what they may do, is what their
 * access token says: it is looked at as that of any caller.
 */
final class PageLogin extends OAuth2LoginAuthenticationFilter {

	private final Issuers issuers;

	PageLogin(ClientRegistrationRepository clients, Issuers issuers) {
		super(clients, new OfThisRequest(), DEFAULT_FILTER_PROCESSES_URI);
		this.issuers = issuers;
		OidcAuthorizationCodeAuthenticationProvider provider = new OidcAuthorizationCodeAuthenticationProvider(tokens(),
				(user) -> new DefaultOidcUser(List.of(), user.getIdToken()));
		Map<String, JwtDecoder> decoders = new ConcurrentHashMap<>();
		provider.setJwtDecoderFactory(
				(client) -> decoders.computeIfAbsent(client.getRegistrationId(), (name) -> identities(client)));
		setAuthenticationManager(new BoundedSignIns(new ProviderManager(provider), TimeMeter.SYSTEM_NANOTIME));
		setSessionAuthenticationStrategy(new ChangeSessionIdAuthenticationStrategy());
	}

	@Override
	public Authentication attemptAuthentication(HttpServletRequest request, HttpServletResponse response) {
		super.attemptAuthentication(request, response);
		return this.issuers.byToken()
			.resolve(request)
			.authenticate(new BearerTokenAuthenticationToken(OfThisRequest.token(request)));
	}

	private static OAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> tokens() {
		RestClientAuthorizationCodeTokenResponseClient tokens = new RestClientAuthorizationCodeTokenResponseClient();
		tokens.setRestClient(RestClient.builder()
			.requestFactory(http())
			.requestInterceptor(new BoundedAnswers())
			.configureMessageConverters((converters) -> converters.disableDefaults()
				.addCustomConverter(new FormHttpMessageConverter())
				.addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
			.defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
			.build());
		return tokens;
	}

	private static JwtDecoder identities(ClientRegistration client) {
		RestTemplate keys = new RestTemplate(http());
		keys.setInterceptors(List.of(new BoundedAnswers()));
		NimbusJwtDecoder decoder = NimbusJwtDecoder
			.withJwkSetUri(Objects.requireNonNull(client.getProviderDetails().getJwkSetUri(), "Set by the issuer"))
			.restOperations(keys)
			.jwsAlgorithms((algorithms) -> algorithms
				.addAll(List.of(SignatureAlgorithm.RS256, SignatureAlgorithm.PS256, SignatureAlgorithm.ES256)))
			.build();
		decoder.setJwtValidator(
				new DelegatingOAuth2TokenValidator<>(new JwtTimestampValidator(), new OidcIdTokenValidator(client)));
		return decoder;
	}

	private static JdkClientHttpRequestFactory http() {
		JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(BoundedHttp.newClient());
		requests.setReadTimeout(BoundedHttp.LONGEST);
		return requests;
	}

	/**
	 * Keeps what was signed in with until the request is over: nothing is called with it.
	 */
	private static final class OfThisRequest implements OAuth2AuthorizedClientRepository {

		private static final String TOKEN = OfThisRequest.class.getName();

		static String token(HttpServletRequest request) {
			return Objects.requireNonNull((String) request.getAttribute(TOKEN));
		}

		@Override
		@SuppressWarnings("TypeParameterUnusedInFormals")
		public <T extends OAuth2AuthorizedClient> @Nullable T loadAuthorizedClient(String registration,
				Authentication person, HttpServletRequest request) {
			return null;
		}

		@Override
		public void saveAuthorizedClient(OAuth2AuthorizedClient client, Authentication person,
				HttpServletRequest request, HttpServletResponse response) {
			request.setAttribute(TOKEN, client.getAccessToken().getTokenValue());
		}

		@Override
		public void removeAuthorizedClient(String registration, Authentication person, HttpServletRequest request,
				HttpServletResponse response) {
			request.removeAttribute(TOKEN);
		}

	}

}
