package dev.distributeimage.page;

import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.provider.OpenIdProvider;
import dev.distributeimage.provider.SecuredPageTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what somebody sees who can sign in, and is no caller. */
@ApiTest
@TestPropertySource(properties = { "distribute-image.security.callers.web.claims.sub=somebody-else",
		"distribute-image.security.callers.web.scopes=runs:read" })
class NoCallerPageTests implements SecuredPageTest {

	private static final AtomicReference<Duration> PASSED = new AtomicReference<>(Duration.ZERO);

	private Visitor visitor;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		PASSED.set(Duration.ZERO);
		this.visitor = new Visitor(port);
	}

	@Test
	void personWhoIsNoCallerSeesWhoTheyAreAndSignsOut() {
		HttpResponse<String> page = this.visitor.signIn("/runs");
		assertThat(page.statusCode()).isEqualTo(403);
		assertThat(page.body()).contains("title=\"Signed in\">" + OpenIdProvider.PERSON, "Sign out");
		assertThat(Visitor.header(this.visitor.signOut(page), "Location")).isEqualTo("/signed-out");
		assertThat(this.visitor.get("/runs").statusCode()).isEqualTo(302);
	}

	@Test
	void theirSessionEndsWithItsTokenToo() {
		assertThat(this.visitor.signIn("/runs").statusCode()).isEqualTo(403);
		PASSED.set(Duration.ofHours(2));
		assertThat(this.visitor.get("/runs").statusCode()).isEqualTo(302);
	}

	@TestConfiguration
	static class Time {

		@Bean
		@Primary
		Clock turnedClock() {
			Clock system = Clock.systemUTC();
			InstantSource source = () -> Instant.now(system).plus(PASSED.get());
			return source.withZone(ZoneOffset.UTC);
		}

	}

}
