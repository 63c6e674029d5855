package dev.distributeimage.page;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Client;
import dev.distributeimage.api.Http;
import dev.distributeimage.provider.Moods.Mood;
import dev.distributeimage.provider.OpenIdProvider;
import dev.distributeimage.provider.SecuredTest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests a service that has started while the page's provider hung. It has fewer threads
 * than there are strangers.
 */
@ApiTest
@TestPropertySource(properties = "server.tomcat.threads.max=10")
class AwayProviderTests implements SecuredTest {

	private static final OpenIdProvider AWAY = OpenIdProvider.start();

	@DynamicPropertySource
	static void settings(DynamicPropertyRegistry registry) {
		AWAY.moods().become(Mood.HANGING);
		AWAY.letPeopleIn(registry);
	}

	@AfterAll
	static void end() {
		AWAY.moods().become(Mood.WELL);
	}

	@Test
	void strangersAreToldAndHoldUpNobody(@LocalServerPort int port) {
		Http http = new Http(port);
		Client client = Client.of(http, PROVIDER, "web", "runs:read");
		List<CompletableFuture<HttpResponse<String>>> strangers = Stream
			.generate(() -> http.getAsync("/oauth2/authorization/idp"))
			.limit(200)
			.toList();
		assertThat(client.get("/v1/runs").statusCode()).isEqualTo(200);
		assertThat(strangers).allSatisfy((stranger) -> {
			assertThat(stranger.join().statusCode()).isEqualTo(503);
			assertThat(stranger.join().body()).contains("cannot be reached at the moment");
		});
		assertThat(new Visitor(port).signIn("/runs").statusCode()).isEqualTo(503);
	}

}
