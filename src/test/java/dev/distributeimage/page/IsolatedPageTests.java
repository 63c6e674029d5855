package dev.distributeimage.page;

import java.net.http.HttpResponse;
import java.util.UUID;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Client;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.provider.OpenIdProvider;
import dev.distributeimage.provider.SecuredPageTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that the page of an isolating service tells nothing of other owners' runs. */
@ApiTest
@TestPropertySource(properties = { "distribute-image.security.isolate=true", Requests.POLICY })
class IsolatedPageTests implements SecuredPageTest {

	@Autowired
	private JdbcClient jdbc;

	private Client pipeline;

	private Visitor visitor;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		TestPostgres.empty(this.jdbc);
		this.visitor = new Visitor(port);
		this.pipeline = Client.of(new Http(port), PROVIDER, "web", "runs:write");
	}

	@Test
	void forecastIsMadeOfTheOwnersRuns() {
		succeeded(started("own", OpenIdProvider.PERSON));
		succeeded(started("others", "web"));
		assertThat(page(started("own", OpenIdProvider.PERSON)).body()).contains("about 40 min left");
		assertThat(page(started("others", OpenIdProvider.PERSON)).body()).contains("running for")
			.doesNotContain(" left");
	}

	private UUID started(String recipe, String owner) {
		String run = this.pipeline.start(Requests.withoutToken().replace("image-recipe/web", "image-recipe/" + recipe));
		UUID id = UUID.fromString(run.substring("/v1/runs/".length()));
		this.jdbc.sql("update run_input set owner = :owner where run_id = :id")
			.param("owner", owner)
			.param("id", id)
			.update();
		return id;
	}

	private void succeeded(UUID run) {
		this.jdbc.sql("""
				update run set status = 'SUCCEEDED', final_status = 'AVAILABLE', next_attempt_at = null,
				  finished_at = created_at + interval '40 minutes'
				where id = :id""").param("id", run).update();
	}

	private HttpResponse<String> page(UUID run) {
		HttpResponse<String> answer = this.visitor.get("/runs/" + run);
		for (int i = 0; i < 10 && answer.statusCode() == 302; i++) {
			answer = this.visitor.follow(answer);
		}
		return answer;
	}

}
