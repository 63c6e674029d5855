package dev.distributeimage.policy;

import java.net.http.HttpResponse;

import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.provider.SecuredTest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what callers with a policy, and one without, may start. */
@ApiTest
@TestPropertySource(properties = { Requests.POLICY, """
		distribute-image.security.callers.web.claims.sub=web
		distribute-image.security.callers.web.scopes=runs:write
		distribute-image.security.callers.web.policy=default
		distribute-image.security.callers.watcher.claims.sub=watcher
		distribute-image.security.callers.watcher.scopes=runs:write
		""" })
class StartPolicyTests implements SecuredTest {

	private static final String REFUSED = """
			{ "distributionName": "web",
			  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
			  "infrastructureConfigurationArn":
			    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web",
			  "distributions": [
			    { "region": "eu-west-1", "amiDistributionConfiguration": { "targetAccountIds": ["111111111111"] } },
			    { "region": "us-east-1", "amiDistributionConfiguration": {
			        "launchPermission": { "userIds": ["111111111111", "999999999999"], "userGroups": ["all"] } } } ] }
			""";

	@Autowired
	private JdbcClient jdbc;

	private Http http;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
	}

	@Test
	void runThatThePolicyAllowsIsStarted() {
		assertThat(post("/v1/runs", Requests.withoutToken(), "web").statusCode()).isEqualTo(202);
		assertThat(post("/v1/runs?validateOnly=true", Requests.withoutToken(), "web").statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/runs", "/v1/runs?validateOnly=true", "/v1/runs/validate" })
	void allThatThePolicyDoesNotAllowIsToldAtOnce(String path) {
		int runs = runs();
		JsonNode errors = Http.problem(post(path, REFUSED, "web"), ProblemType.NOT_ALLOWED).path("errors");
		String permission = "/distributions/1/amiDistributionConfiguration/launchPermission";
		assertThat(errors.valueStream().map((error) -> error.path("pointer").asString()))
			.containsExactly("/distributions/1/region", permission + "/userIds/1", permission + "/userGroups/0");
		assertThat(errors.valueStream().map((error) -> error.path("rule").asString()))
			.containsExactly("default.regions", "default.share.accounts", "default.share.public");
		assertThat(runs()).isEqualTo(runs);
	}

	@Test
	void violationsOfTheContractGoFirst() {
		String invalid = REFUSED.replace("\"us-east-1\"", "\"eu-west-1\"");
		Http.problem(post("/v1/runs", invalid, "web"), ProblemType.INVALID_REQUEST);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v1/runs", "/v1/runs?validateOnly=true", "/v1/runs/validate" })
	void callerWithoutAPolicyMayStartNothing(String path) {
		JsonNode problem = Http.problem(post(path, Requests.withoutToken(), "watcher"), ProblemType.NOT_ALLOWED);
		assertThat(problem.at("/errors/0/rule").asString()).isEqualTo("no-policy");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "?validateOnly=true", "/validate" })
	void retryIsHeldToThePolicyOfTheCallerWhoStartedTheRun(String query) {
		String path = post("/v1/runs", Requests.withoutToken(), "web").headers().firstValue("Location").orElseThrow();
		this.jdbc
			.sql("""
					with ended as (
					  update run set status = 'FAILED', next_attempt_at = null, finished_at = now()
					  where id = cast(:id as uuid) returning id
					)
					update run_input set created_by = replace(created_by, '/web/', '/watcher/') from ended where run_id = id""")
			.param("id", path.substring(path.lastIndexOf('/') + 1))
			.update();
		JsonNode problem = Http.problem(post(path + "/retry" + query, "", "web"), ProblemType.NOT_ALLOWED);
		assertThat(problem.at("/errors/0/rule").asString()).isEqualTo("no-policy");
	}

	private HttpResponse<String> post(String path, String body, String client) {
		return this.http.post(path, body, "Authorization", "Bearer " + PROVIDER.token(client, "runs:write"));
	}

	private int runs() {
		return this.jdbc.sql("select count(*) from run").query(Integer.class).single();
	}

}
