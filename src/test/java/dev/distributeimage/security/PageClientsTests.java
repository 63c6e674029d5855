package dev.distributeimage.security;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;

import com.sun.net.httpserver.HttpServer;
import dev.distributeimage.provider.Moods.Mood;
import dev.distributeimage.provider.OpenIdProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** Tests how the page learns its provider's addresses, with a clock that is turned. */
class PageClientsTests {

	private static final OpenIdProvider PROVIDER = OpenIdProvider.start();

	private static final String CLIENT = "spring.security.oauth2.client.";

	private volatile Instant now = Clock.systemUTC().instant();

	private final PageClients clients = clients(Map.of(CLIENT + "provider.idp.issuer-uri", PROVIDER.issuer(),
			CLIENT + "registration.idp.client-id", "page", CLIENT + "registration.idp.scope", "openid,runs:read"));

	private PageClients clients(Map<String, String> settings) {
		InstantSource source = () -> this.now;
		return new PageClients(PageRegistration.of(new Binder(new MapConfigurationPropertySource(settings))),
				source.withZone(ZoneOffset.UTC));
	}

	@AfterEach
	void stop() {
		PROVIDER.moods().become(Mood.WELL);
		this.clients.destroy();
	}

	@AfterAll
	static void end() {
		PROVIDER.close();
	}

	@Test
	void addressesAreKnownFromTheStart() {
		this.clients.start();
		PROVIDER.moods().become(Mood.BROKEN);
		ClientRegistration client = find(this.clients);
		assertThat(client.getProviderDetails().getIssuerUri()).isEqualTo(PROVIDER.issuer());
		assertThat(client.getProviderDetails().getTokenUri()).isEqualTo(PROVIDER.issuer() + "/oauth2/token");
		assertThat(client.getScopes()).containsExactlyInAnyOrder("openid", "runs:read");
		assertThat(this.clients.findByRegistrationId("other")).isNull();
	}

	@ParameterizedTest
	@EnumSource(value = Mood.class, mode = EnumSource.Mode.EXCLUDE, names = "WELL")
	void providerThatIsAwayIsAskedAgainOnceIn30Seconds(Mood mood) {
		PROVIDER.moods().become(mood);
		this.clients.start();
		PROVIDER.moods().become(Mood.WELL);
		assertUnavailable();
		this.now = this.now.plus(Duration.ofSeconds(29));
		assertUnavailable();
		this.now = this.now.plus(Duration.ofSeconds(1));
		assertThat(find(this.clients).getClientId()).isEqualTo("page");
	}

	private void assertUnavailable() {
		assertThatExceptionOfType(ProviderUnavailableException.class).isThrownBy(() -> find(this.clients));
	}

	@Test
	void addressesThatAreSetNeedNoProvider() {
		PageClients set = clients(Map.of(CLIENT + "provider.p.authorization-uri", "https://a.example/authorize",
				CLIENT + "provider.p.token-uri", "https://a.example/token", CLIENT + "provider.p.jwk-set-uri",
				"https://a.example/keys", CLIENT + "registration.idp.provider", "p",
				CLIENT + "registration.idp.client-id", "page", CLIENT + "registration.idp.scope", "openid",
				CLIENT + "registration.idp.client-authentication-method", "client_secret_post"));
		ClientRegistration client = find(set);
		assertThat(client.getProviderDetails().getTokenUri()).isEqualTo("https://a.example/token");
		assertThat(client.getClientAuthenticationMethod()).isEqualTo(ClientAuthenticationMethod.CLIENT_SECRET_POST);
		set.destroy();
	}

	@ParameterizedTest
	@ValueSource(strings = { "authorization_endpoint", "token_endpoint", "jwks_uri" })
	void addressWithoutTlsIsNotUsed(String member) throws IOException {
		HttpServer provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		String issuer = "http://127.0.0.1:" + provider.getAddress().getPort();
		ObjectNode metadata = JsonMapper.shared()
			.createObjectNode()
			.put("issuer", issuer)
			.put("authorization_endpoint", "https://a.example/authorize")
			.put("token_endpoint", "https://a.example/token")
			.put("jwks_uri", "https://a.example/keys");
		metadata.putArray("subject_types_supported").add("public");
		metadata.putArray("response_types_supported").add("code");
		metadata.putArray("id_token_signing_alg_values_supported").add("RS256");
		provider.createContext("/", (exchange) -> {
			byte[] body = metadata.toString().getBytes(StandardCharsets.UTF_8);
			exchange.sendResponseHeaders(200, body.length);
			exchange.getResponseBody().write(body);
			exchange.close();
		});
		provider.start();
		Map<String, String> settings = Map.of(CLIENT + "provider.idp.issuer-uri", issuer,
				CLIENT + "registration.idp.client-id", "page", CLIENT + "registration.idp.scope", "openid");
		PageClients before = clients(settings);
		PageClients after = clients(settings);
		try {
			assertThat(find(before).getProviderDetails().getTokenUri()).isEqualTo("https://a.example/token");
			metadata.put(member, "http://a.example/");
			assertThatExceptionOfType(ProviderUnavailableException.class).isThrownBy(() -> find(after));
		}
		finally {
			before.destroy();
			after.destroy();
			provider.stop(0);
		}
	}

	private static ClientRegistration find(PageClients clients) {
		return Objects.requireNonNull(clients.findByRegistrationId("idp"));
	}

}
