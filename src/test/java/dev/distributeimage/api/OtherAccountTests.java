package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.aws.Accounts;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;

import static dev.distributeimage.api.Http.header;
import static dev.distributeimage.api.Http.json;
import static dev.distributeimage.api.Http.problem;
import static org.assertj.core.api.Assertions.assertThat;

/** Tests requests for runs of an account that the credentials are not of. */
@ApiTest
@NullUnmarked
class OtherAccountTests {

	private static final AtomicReference<String> ACCOUNT = new AtomicReference<>();

	@Autowired
	private JdbcClient jdbc;

	private Http http;

	@BeforeEach
	void start(@LocalServerPort int port) {
		this.http = new Http(port);
		ACCOUNT.set("999999999999");
	}

	@AfterEach
	void forget() {
		ACCOUNT.set(null);
	}

	@Test
	void startIs403AndStoresNothing() {
		String token = UUID.randomUUID().toString();
		refused(this.http.post("/v1/runs", Requests.withToken(token)));
		assertThat(json(this.http.get("/v1/runs?clientToken=" + token)).path("items")).isEmpty();
	}

	@Test
	void validateOnlyIs403() {
		refused(this.http.post("/v1/runs?validateOnly=true", Requests.withoutToken()));
	}

	@Test
	void sourceImageIsOfTheAccountOfItsRole() {
		String request = """
				{ "distributionName": "web", "sourceImage": "ami-0123456789abcdef0", "region": "eu-west-1",
				  "executionRole": "arn:aws:iam::123456789012:role/distributor",
				  "distributions": [{ "region": "eu-west-1", "amiDistributionConfiguration": {} }] }
				""";
		JsonNode errors = problem(this.http.post("/v1/runs", request), ProblemType.NOT_ALLOWED).path("errors");
		assertThat(errors.at("/0/pointer").asString()).isEqualTo("/executionRole");
	}

	@Test
	void violationsGoFirst() {
		problem(this.http.post("/v1/runs", "{}"), ProblemType.INVALID_REQUEST);
	}

	@Test
	void accountOfTheCredentialsAndUnknownOnesAreAccepted() {
		ACCOUNT.set("123456789012");
		assertThat(this.http.post("/v1/runs", Requests.withoutToken()).statusCode()).isEqualTo(202);
		ACCOUNT.set(null);
		assertThat(this.http.post("/v1/runs", Requests.withoutToken()).statusCode()).isEqualTo(202);
	}

	@Test
	void sharedRecipeIsAccepted() {
		ACCOUNT.set("123456789012");
		String shared = Requests.withoutToken().replace("123456789012:image-recipe", "555566667777:image-recipe");
		assertThat(this.http.post("/v1/runs", shared).statusCode()).isEqualTo(202);
	}

	@Test
	void retryIs403AndChangesNothing() {
		ACCOUNT.set(null);
		String path = header(this.http.post("/v1/runs", Requests.withoutToken()), "Location");
		ACCOUNT.set("999999999999");
		problem(this.http.post(path + "/retry", ""), ProblemType.RUN_NOT_ENDED);
		this.jdbc.sql("""
				update run set status = 'FAILED', next_attempt_at = null, finished_at = created_at where id = :id""")
			.param("id", UUID.fromString(path.substring(path.lastIndexOf('/') + 1)))
			.update();
		refused(this.http.post(path + "/retry?validateOnly=true", ""));
		refused(this.http.post(path + "/retry", ""));
		assertThat(json(this.http.get(path)).path("status").asString()).isEqualTo("FAILED");
	}

	private static void refused(HttpResponse<String> response) {
		JsonNode errors = problem(response, ProblemType.NOT_ALLOWED).path("errors");
		assertThat(errors).hasSize(1);
		assertThat(errors.at("/0/pointer").asString()).isEqualTo("/infrastructureConfigurationArn");
		assertThat(errors.at("/0/rule").asString()).isEqualTo("accounts");
		assertThat(errors.at("/0/detail").asString()).contains("123456789012").doesNotContain("999999999999");
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Credentials {

		@Bean
		@Primary
		Accounts accountOfTheTest() {
			return (place) -> ACCOUNT.get() != null && !place.account().equals(ACCOUNT.get());
		}

	}

}
