package dev.distributeimage.page;

import java.net.http.HttpResponse;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.provider.SecuredPageTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that people at the page are held to the limits of their owner. */
@ApiTest
@TestPropertySource(properties = { "distribute-image.limits.validations=1", "distribute-image.limits.requests=1",
		"distribute-image.limits.burst=60" })
class PageLimitsTests implements SecuredPageTest {

	private Visitor visitor;

	@BeforeEach
	void signIn(@LocalServerPort int port) {
		this.visitor = new Visitor(port);
		this.visitor.signIn("/runs");
	}

	@Test
	void retryFormIsAValidation() {
		String form = "/runs/" + UUID.randomUUID() + "/retry";
		assertThat(this.visitor.get(form).statusCode()).isEqualTo(404);
		HttpResponse<String> refused = this.visitor.get(form);
		assertThat(refused.statusCode()).isEqualTo(429);
		assertThat(refused.body()).contains("validations: 1 in 60 s");
	}

	@Test
	void pagesAreRequests() {
		assertThat(isRefused(1_000, () -> this.visitor.get("/runs/x"))).isTrue();
		// A few may have become free meanwhile, but not half of the burst.
		assertThat(isRefused(30, () -> this.visitor.get("/v1/runs", "application/json"))).isTrue();
	}

	private static boolean isRefused(int within, Supplier<HttpResponse<String>> request) {
		return IntStream.range(0, within).anyMatch((i) -> request.get().statusCode() == 429);
	}

}
