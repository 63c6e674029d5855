package dev.distributeimage.provider;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.DelegatingFilterProxyRegistrationBean;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.config.BeanIds;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configuration.OAuth2AuthorizationServerConfiguration;
import org.springframework.security.core.authority.FactorGrantedAuthority;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.InMemoryRegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.settings.TokenSettings;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.context.SecurityContextHolderFilter;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;

/**
 * Spring's authorization server over HTTP, on a port of its own. Its clients,
 * {@code web}, {@code watcher} and {@code page}, get tokens that are valid for an hour,
 * for the audience {@code distribute-image}. It ends with the JVM, unless it is closed.
 */
public final class OpenIdProvider implements AutoCloseable {

	/** The audience of the tokens. */
	public static final String AUDIENCE = "distribute-image";

	/** The person who signs in with a browser, by the client {@code page}. */
	public static final String PERSON = "anna";

	private static final HttpClient CLIENT = HttpClient.newHttpClient();

	private final AnnotationConfigServletWebServerApplicationContext context = new AnnotationConfigServletWebServerApplicationContext();

	private final ProviderKeys keys = new ProviderKeys();

	private final Moods moods = new Moods();

	private final int port;

	private OpenIdProvider() {
		this.context.registerBean(ProviderKeys.class, () -> this.keys);
		this.context.registerBean(Moods.class, () -> this.moods);
		this.context.register(Server.class);
		this.context.refresh();
		this.port = Objects.requireNonNull(this.context.getWebServer()).getPort();
	}

	/**
	 * Starts a provider that has answered once, because the service has little patience
	 * with it.
	 */
	public static OpenIdProvider start() {
		OpenIdProvider provider = new OpenIdProvider();
		provider.get("/.well-known/openid-configuration");
		provider.get(Moods.KEY_SET);
		provider.token("web");
		return provider;
	}

	private void get(String path) {
		String answer = answer(HttpRequest.newBuilder(URI.create(issuer() + path)).build());
		if (!answer.startsWith("{")) {
			throw new IllegalStateException("%s is not answered: %s".formatted(path, answer));
		}
	}

	/** Has the service trust this provider, also with tokens for another audience. */
	public void letCallersIn(DynamicPropertyRegistry registry) {
		registry.add("distribute-image.security.open", () -> false);
		registry.add("spring.security.oauth2.resourceserver.jwt.issuer-uri", this::issuer);
		registry.add("spring.security.oauth2.resourceserver.jwt.audiences", () -> "other," + AUDIENCE);
	}

	/** Has people sign in to the page at this provider. */
	public void letPeopleIn(DynamicPropertyRegistry registry) {
		registry.add("spring.security.oauth2.client.provider.idp.issuer-uri", this::issuer);
		registry.add("spring.security.oauth2.client.registration.idp.client-id", () -> "page");
		registry.add("spring.security.oauth2.client.registration.idp.client-secret", () -> secret("page"));
		registry.add("spring.security.oauth2.client.registration.idp.scope", () -> "openid,runs:read,runs:write");
	}

	/** Returns the issuer, as the tokens name it. */
	public String issuer() {
		return "http://localhost:" + this.port;
	}

	/** Returns the address of the key set. */
	public String keySet() {
		return issuer() + Moods.KEY_SET;
	}

	public ProviderKeys keys() {
		return this.keys;
	}

	/** Returns how it answers at the moment. */
	public Moods moods() {
		return this.moods;
	}

	/** Replaces the key that signs. The old one is not published any more. */
	public void rotate() {
		this.keys.rotate();
	}

	/** Gets a token, as a client does; without scopes, it has none. */
	public String token(String client, String... scopes) {
		String credentials = Base64.getEncoder()
			.encodeToString((client + ":" + secret(client)).getBytes(StandardCharsets.US_ASCII));
		HttpRequest request = HttpRequest.newBuilder(URI.create(issuer() + "/oauth2/token"))
			.header("Authorization", "Basic " + credentials)
			.header("Content-Type", "application/x-www-form-urlencoded")
			.POST(BodyPublishers.ofString("grant_type=client_credentials"
					+ ((scopes.length > 0) ? "&scope=" + String.join("+", scopes) : "")))
			.build();
		String answer = answer(request);
		JsonNode token = JsonMapper.shared().readTree(answer).path("access_token");
		if (!token.isString()) {
			throw new IllegalStateException("%s has no token: %s".formatted(client, answer));
		}
		return token.asString();
	}

	private static String answer(HttpRequest request) {
		try {
			return CLIENT.send(request, BodyHandlers.ofString()).body();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static String secret(String client) {
		return client + "-secret";
	}

	@Override
	public void close() {
		this.context.close();
	}

	/** The authorization server. */
	@EnableWebMvc
	@EnableWebSecurity
	static class Server {

		@Bean
		TomcatServletWebServerFactory tomcat() {
			TomcatServletWebServerFactory tomcat = new TomcatServletWebServerFactory(0);
			tomcat.setAddress(InetAddress.getLoopbackAddress());
			return tomcat;
		}

		@Bean
		ServletRegistrationBean<DispatcherServlet> servlet(AnnotationConfigServletWebServerApplicationContext context) {
			return new ServletRegistrationBean<>(new DispatcherServlet(context), "/");
		}

		@Bean
		FilterRegistrationBean<Moods> moodsRegistration(Moods moods) {
			FilterRegistrationBean<Moods> registration = new FilterRegistrationBean<>(moods);
			registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
			return registration;
		}

		@Bean
		DelegatingFilterProxyRegistrationBean securityRegistration() {
			return new DelegatingFilterProxyRegistrationBean(BeanIds.SPRING_SECURITY_FILTER_CHAIN);
		}

		@Bean
		SecurityFilterChain endpoints(HttpSecurity http) throws Exception {
			return http.oauth2AuthorizationServer((server) -> server.oidc(Customizer.withDefaults()))
				.authorizeHttpRequests((requests) -> requests.anyRequest().authenticated())
				.csrf((csrf) -> csrf.disable())
				.addFilterAfter(Server::signInAtOnce, SecurityContextHolderFilter.class)
				.build();
		}

		// The person at the browser is known, and asked nothing.
		private static void signInAtOnce(ServletRequest request, ServletResponse response, FilterChain chain)
				throws IOException, ServletException {
			if (((HttpServletRequest) request).getRequestURI().equals("/oauth2/authorize")) {
				SecurityContextHolder.getContext()
					.setAuthentication(UsernamePasswordAuthenticationToken.authenticated(PERSON, null,
							List.of(FactorGrantedAuthority.fromAuthority(FactorGrantedAuthority.PASSWORD_AUTHORITY))));
			}
			chain.doFilter(request, response);
		}

		@Bean
		AuthorizationServerSettings settings() {
			return AuthorizationServerSettings.builder().build();
		}

		@Bean
		InMemoryRegisteredClientRepository clients() {
			return new InMemoryRegisteredClientRepository(client("web"), client("mail"), client("watcher"), page());
		}

		private static RegisteredClient page() {
			return RegisteredClient.from(client("page"))
				.authorizationGrantTypes((types) -> types.add(AuthorizationGrantType.AUTHORIZATION_CODE))
				// On any port.
				.redirectUri("http://127.0.0.1/login/oauth2/code/idp")
				.scope("openid")
				.build();
		}

		private static RegisteredClient client(String name) {
			return RegisteredClient.withId(UUID.randomUUID().toString())
				.clientId(name)
				.clientSecret("{noop}" + secret(name))
				.clientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC)
				.authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
				.scopes((scopes) -> scopes.addAll(List.of("runs:read", "runs:write", "runs:operate", "actuator")))
				.tokenSettings(TokenSettings.builder().accessTokenTimeToLive(Duration.ofHours(1)).build())
				.build();
		}

		@Bean
		OAuth2TokenCustomizer<JwtEncodingContext> audience() {
			return (token) -> {
				if (token.getTokenType().equals(OAuth2TokenType.ACCESS_TOKEN)) {
					token.getClaims().audience(List.of(AUDIENCE));
				}
			};
		}

		/** For its own endpoints. */
		@Bean
		JwtDecoder decoder(ProviderKeys keys) {
			return OAuth2AuthorizationServerConfiguration.jwtDecoder(keys);
		}

		@Bean
		JwtEncoder encoder(ProviderKeys keys) {
			NimbusJwtEncoder encoder = new NimbusJwtEncoder(keys);
			encoder.setJwkSelector((matching) -> matching.get(0));
			return encoder;
		}

	}

}
