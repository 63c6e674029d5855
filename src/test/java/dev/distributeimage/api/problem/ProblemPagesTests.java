package dev.distributeimage.api.problem;

import java.net.http.HttpResponse;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

@ApiTest
class ProblemPagesTests {

	@LocalServerPort
	private int port;

	@ParameterizedTest
	@EnumSource
	void everyTypeHasItsPage(ProblemType type) {
		HttpResponse<String> page = new Http(this.port).get(type.path(), "Accept", "application/json");
		assertThat(page.statusCode()).isEqualTo(200);
		assertThat(Http.header(page, "Content-Type")).isEqualTo("text/html;charset=UTF-8");
		assertThat(page.body()).contains("<h1>" + type.title(), type.remedy().substring(0, 10),
				"&quot;status&quot; : " + type.status().value());
	}

	@Test
	void pageAllowsTheStyleSheetAndNothingElse() {
		HttpResponse<String> page = new Http(this.port).get("/problems/not-found");
		assertThat(Http.header(page, "Content-Security-Policy"))
			.isEqualTo("default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
					+ " frame-ancestors 'none'");
		assertThat(page.body()).doesNotContain("style=", "<style", "<script");
	}

	@Test
	void otherPageIs404() {
		Http.problem(new Http(this.port).get("/problems/INVALID_REQUEST"), ProblemType.NOT_FOUND);
	}

}
