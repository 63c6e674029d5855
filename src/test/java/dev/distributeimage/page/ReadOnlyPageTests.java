package dev.distributeimage.page;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import org.junit.jupiter.api.Test;

import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

@ApiTest
@TestPropertySource(properties = "distribute-image.page.read-only=true")
class ReadOnlyPageTests {

	@Test
	void pageThatOnlyShowsHasNoButtonsAndTakesNoForms(@LocalServerPort int port) {
		HttpResponse<String> started = new Http(port).post("/v1/runs", Requests.withoutToken());
		String run = Http.header(started, "Location").substring("/v1".length());
		Visitor visitor = new Visitor(port);
		assertThat(visitor.get(run).body()).contains("Steps").doesNotContain(run + "/cancel");
		assertThat(visitor.get(run + "/cancel").statusCode()).isEqualTo(403);
		assertThat(visitor.get(run + "/retry").body()).contains("This page only shows runs.");
		assertThat(visitor.post(run + "/cancel", BodyPublishers.ofString("")).statusCode()).isEqualTo(403);
	}

}
