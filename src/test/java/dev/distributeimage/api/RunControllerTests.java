package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.UUID;

import dev.distributeimage.api.problem.ProblemType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static dev.distributeimage.api.Http.header;
import static dev.distributeimage.api.Http.json;
import static dev.distributeimage.api.Http.problem;
import static org.assertj.core.api.Assertions.assertThat;

@ApiTest
class RunControllerTests {

	private final String token = UUID.randomUUID().toString();

	@Autowired
	private JdbcClient jdbc;

	private Http http;

	private int runsBefore;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
		this.runsBefore = runs();
	}

	@Test
	void startIs202WithRunAndPlace() {
		HttpResponse<String> response = this.http.post("/v1/runs", Requests.withToken(this.token));
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(header(response, "Content-Type")).isEqualTo("application/json");
		assertThat(header(response, "Location")).isEqualTo("/v1/runs/" + json(response).path("id").asString());
		assertThat(header(response, "Retry-After")).isEqualTo("1");
		assertThat(header(response, "ETag")).isEqualTo("W/\"2\"");
		assertThat(this.http.get(header(response, "Location")).body()).isEqualTo(response.body());
		assertThat(runs()).isEqualTo(this.runsBefore + 1);
	}

	@Test
	void runHasAllMembersFromTheStart() {
		String name = "web-" + this.token;
		JsonNode run = json(
				this.http.post("/v1/runs", Requests.withToken(this.token).replace("\"web\"", '"' + name + '"')));
		Instant createdAt = Instant.parse(run.path("createdAt").asString());
		assertThat(run).isEqualTo(JsonMapper.shared()
			.readTree(
					"""
							{ "id": "%1$s", "status": "RUNNING", "step": "createDistributionConfiguration",
							  "inputs": { "distributionName": "web-%2$s",
							    "distributions": [ { "region": "eu-west-1",
							      "amiDistributionConfiguration": { "targetAccountIds": ["111111111111"] } } ],
							    "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
							    "infrastructureConfigurationArn":
							      "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web",
							    "clientToken": "%2$s" },
							  "outputs": { "distributionConfigurationArn": null, "imageBuildVersionArn": null, "finalStatus": null },
							  "image": null,
							  "destinations": [
							    { "region": "eu-west-1", "accountId": "123456789012", "status": "PENDING", "image": null,
							      "reason": null },
							    { "region": "eu-west-1", "accountId": "111111111111", "status": "PENDING", "image": null,
							      "reason": null } ],
							  "failure": null, "attempts": 0, "nextAttemptAt": "%3$s", "deadline": "%4$s",
							  "labels": { "team": "platform" }, "warnings": [], "cancelRequestedAt": null, "retries": [],
							  "createdBy": null, "owner": null,
							  "createdAt": "%3$s", "updatedAt": "%3$s", "finishedAt": null }"""
						.formatted(run.path("id").asString(), this.token, createdAt,
								createdAt.plusSeconds(12 * 60 * 60))));
	}

	@Test
	void runThatHasEndedIsShownWithEverything() {
		String path = started();
		this.jdbc.sql("""
				update run set status = 'FAILED', step = 'getImage', distribution_configuration_arn = 'arn:d',
				  image_build_version_arn = 'arn:i', final_status = 'FAILED', next_attempt_at = null,
				  finished_at = timestamptz '2026-01-02T03:04:05Z', attempts = 2, last_event = 9,
				  image_status = 'FAILED', image_reason = 'no room', image_amis = '[
				    { "region": "eu-west-1", "accountId": "111111111111", "image": "ami-1", "name": "web",
				      "status": "AVAILABLE" } ]',
				  image_failure_context = '{ "distributionFailure": { "regionFailures": [
				    { "region": "eu-west-1", "targetAccountId": "123456789012", "errorMessage": "no key" } ] } }',
				  failure = '{ "step": "createImage", "operation": "CreateImage", "code": "SlowDown", "message": "m",
				    "requestId": "r" }'
				where id = :id""").param("id", id(path)).update();
		HttpResponse<String> response = this.http.get(path);
		JsonNode run = json(response);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Retry-After")).isEmpty();
		assertThat(header(response, "ETag")).isEqualTo("W/\"9\"");
		assertThat(run.path("step").asString()).isEqualTo("getImage");
		assertThat(run.at("/outputs/finalStatus").asString()).isEqualTo("FAILED");
		assertThat(run.at("/image/reason").asString()).isEqualTo("no room");
		assertThat(run.at("/failure/step").asString()).isEqualTo("createImage");
		assertThat(run.at("/image/failureContext/distributionFailure/regionFailures")).hasSize(1);
		assertThat(run.at("/image/amis/0/status").asString()).isEqualTo("AVAILABLE");
		assertThat(run.path("destinations")).isEqualTo(JsonMapper.shared().readTree("""
				[ { "region": "eu-west-1", "accountId": "123456789012", "status": "FAILED", "image": null,
				    "reason": "no key" },
				  { "region": "eu-west-1", "accountId": "111111111111", "status": "AVAILABLE", "image": "ami-1",
				    "reason": null } ]"""));
		assertThat(run.path("finishedAt").asString()).isEqualTo("2026-01-02T03:04:05Z");
	}

	@Test
	void everythingComesBackAsItWasSent() {
		String request = Requests.everything().put("clientToken", this.token).toString();
		JsonNode run = json(this.http.post("/v1/runs", request));
		assertThat(run.at("/inputs/distributions")).isEqualTo(Requests.everything().path("distributions"));
		assertThat(run.path("labels")).isEqualTo(Requests.everything().path("labels"));
		assertThat(run.path("destinations")).hasSize(4);
	}

	@Test
	void startAgainIs200WithRunAsItStands() {
		String path = started();
		String reordered = Requests.withToken(this.token).replace("  ", "\n\t");
		HttpResponse<String> again = this.http.post("/v1/runs", reordered);
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(again.body()).isEqualTo(this.http.get(path).body());
		assertThat(header(again, "Retry-After")).isEqualTo("1");
		assertThat(runs()).isEqualTo(this.runsBefore + 1);
	}

	@Test
	void startWhenTokenIsReusedIs409() {
		String path = started();
		String other = Requests.withToken(this.token).replace("\"web\"", "\"other\"");
		JsonNode problem = problem(this.http.post("/v1/runs", other), ProblemType.CLIENT_TOKEN_REUSED);
		assertThat(problem.path("run").asString()).isEqualTo(path);
		assertThat(problem.path("detail").asString()).contains(path);
	}

	@Test
	void startWithoutTokenIsAnotherRunEveryTime() {
		JsonNode first = json(this.http.post("/v1/runs", Requests.withoutToken()));
		JsonNode second = json(this.http.post("/v1/runs", Requests.withoutToken()));
		assertThat(first.at("/inputs/clientToken").asString()).matches("arazzo-distribute-image-[a-z0-9]{12}");
		assertThat(second.path("id")).isNotEqualTo(first.path("id"));
	}

	@Test
	void validateOnlyStoresNothing() {
		HttpResponse<String> valid = this.http.post("/v1/runs?validateOnly=true", Requests.withToken(this.token));
		assertThat(valid.statusCode()).isEqualTo(200);
		assertThat(json(valid).path("valid").asBoolean()).isTrue();
		problem(this.http.post("/v1/runs?validateOnly=true", "{}"), ProblemType.INVALID_REQUEST);
		assertThat(runs()).isEqualTo(this.runsBefore);
	}

	@Test
	void validateIsValidateOnly() {
		HttpResponse<String> valid = this.http.post("/v1/runs/validate", Requests.withToken(this.token));
		assertThat(valid.statusCode()).isEqualTo(200);
		assertThat(valid.body())
			.isEqualTo(this.http.post("/v1/runs?validateOnly=true", Requests.withToken(this.token)).body());
		problem(this.http.post("/v1/runs/validate", "{}"), ProblemType.INVALID_REQUEST);
		problem(this.http.send("POST", "/v1/runs/validate", "{}"), ProblemType.UNSUPPORTED_MEDIA_TYPE);
		problem(this.http.get("/v1/runs/validate"), ProblemType.NOT_FOUND);
		assertThat(runs()).isEqualTo(this.runsBefore);
	}

	@Test
	void validateOnlyFalseStarts() {
		assertThat(this.http.post("/v1/runs?validateOnly=false", Requests.withoutToken()).statusCode()).isEqualTo(202);
	}

	@ParameterizedTest
	@CsvSource({ "validateOnly=yes, validateOnly", "validateOnly, validateOnly", "validateOnly=, validateOnly",
			"validateOnly=TRUE, validateOnly", "validateOnly=true&validateOnly=true, validateOnly",
			"validateonly=true, validateonly", "validateOnly=true&x=1, x" })
	void startWithOtherParameterIs400(String query, String parameter) {
		HttpResponse<String> response = this.http.post("/v1/runs?" + query, Requests.withoutToken());
		JsonNode errors = problem(response, ProblemType.INVALID_REQUEST).path("errors");
		assertThat(errors).hasSize(1);
		assertThat(errors.at("/0/parameter").asString()).isEqualTo(parameter);
		assertThat(runs()).isEqualTo(this.runsBefore);
	}

	@Test
	void queryThatCannotBeReadIs400() {
		problem(this.http.post("/v1/runs?%ff=%ff", Requests.withoutToken()), ProblemType.INVALID_REQUEST);
		assertThat(runs()).isEqualTo(this.runsBefore);
	}

	@Test
	void startWithWrongPartsIs400ThatPointsToThem() {
		HttpResponse<String> response = this.http.post("/v1/runs",
				Requests.withToken(this.token).replace("\"111111111111\"", "\"\\u0000\", \"\\ud800\""));
		JsonNode errors = problem(response, ProblemType.INVALID_REQUEST).path("errors");
		assertThat(errors).extracting((error) -> error.path("pointer").asString())
			.contains("/distributions/0/amiDistributionConfiguration/targetAccountIds/0",
					"/distributions/0/amiDistributionConfiguration/targetAccountIds/1");
		assertThat(errors.path(0).propertyNames()).containsExactly("pointer", "detail");
	}

	@Test
	void memberNameWithHalfSurrogatePairIs400ThatCanBeRead() {
		HttpResponse<String> response = this.http.post("/v1/runs", "{ \"\\ud800\": \"\\ud800\" }");
		assertThat(problem(response, ProblemType.INVALID_REQUEST).path("errors").toString()).contains("/?");
	}

	@Test
	void malformedJsonIs400WithPlace() {
		JsonNode problem = problem(this.http.post("/v1/runs", "{\n  \"a\": }"), ProblemType.MALFORMED_JSON);
		assertThat(problem.path("line").asInt()).isEqualTo(2);
		assertThat(problem.path("column").asInt()).isEqualTo(8);
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/plain", "application/json;charset=iso-8859-1", "application/json;charset=nope",
			"application/merge-patch+json", "application/x-www-form-urlencoded", "multipart/form-data", "nonsense" })
	void startWithOtherContentTypeIs415(String contentType) {
		problem(this.http.send("POST", "/v1/runs", Requests.withoutToken(), "Content-Type", contentType),
				ProblemType.UNSUPPORTED_MEDIA_TYPE);
		assertThat(runs()).isEqualTo(this.runsBefore);
	}

	@Test
	void startWithoutContentTypeIs415() {
		problem(this.http.send("POST", "/v1/runs", Requests.withoutToken()), ProblemType.UNSUPPORTED_MEDIA_TYPE);
	}

	@Test
	void startWithContentCodingIs415() {
		problem(this.http.post("/v1/runs", Requests.withoutToken(), "Content-Encoding", "gzip"),
				ProblemType.UNSUPPORTED_MEDIA_TYPE);
		assertThat(this.http.post("/v1/runs", Requests.withoutToken(), "Content-Encoding", "identity").statusCode())
			.isEqualTo(202);
	}

	@Test
	void startWithCharsetUtf8Is202() {
		assertThat(this.http
			.send("POST", "/v1/runs", Requests.withoutToken(), "Content-Type", "application/json; charset=\"UTF-8\"")
			.statusCode()).isEqualTo(202);
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/xml", "text/html", "application/json;q=0", "*/*;q=0", "nonsense" })
	void startWithOtherAcceptIs406AndStartsNothing(String accept) {
		problem(this.http.post("/v1/runs", Requests.withoutToken(), "Accept", accept), ProblemType.NOT_ACCEPTABLE);
		assertThat(runs()).isEqualTo(this.runsBefore);
	}

	@ParameterizedTest
	@ValueSource(strings = { "*/*", "application/*", "application/json", "text/html, application/json;q=0.1",
			"application/json;charset=utf-8", "application/json;charset=utf-16", "application/json;charset=utf-16be",
			"application/json;a=b;q=0.1" })
	void startWithFittingAcceptIs202(String accept) {
		HttpResponse<String> response = this.http.post("/v1/runs", Requests.withoutToken(), "Accept", accept);
		assertThat(response.statusCode()).isEqualTo(202);
		assertThat(header(response, "Content-Type")).isEqualTo("application/json");
	}

	@Test
	void problemIsProblemWhateverIsAccepted() {
		problem(this.http.get("/nowhere", "Accept", "application/xml"), ProblemType.NOT_FOUND);
		problem(this.http.get("/v1/runs/" + UUID.randomUUID(), "Accept", "application/json"), ProblemType.NOT_FOUND);
	}

	@ParameterizedTest
	@ValueSource(strings = { "1", "x", "0-0-0-0-0", "01990000-0000-7000-8000-000000000000", "%20", "../runs", "" })
	void getOfUnknownRunIs404(String id) {
		problem(this.http.get("/v1/runs/" + id), ProblemType.NOT_FOUND);
	}

	@Test
	void getWithParameterIs400() {
		JsonNode problem = problem(this.http.get(started() + "?x=1"), ProblemType.INVALID_REQUEST);
		assertThat(problem.at("/errors/0/parameter").asString()).isEqualTo("x");
	}

	@Test
	void getWithETagOfLastAnswerIs304() {
		String path = started();
		assertThat(this.http.get(path, "If-None-Match", "W/\"2\"").statusCode()).isEqualTo(304);
		assertThat(this.http.get(path, "If-None-Match", "W/\"1\"").statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@CsvSource({ "50 seconds, 20, 50", "1 hour, 60, 60", "-1 hour, 1, 1" })
	void retryAfterIsWhenNextCallIsPlanned(String later, int least, int most) {
		String path = started();
		this.jdbc.sql("update run set next_attempt_at = now() + :later::interval where id = :id")
			.param("later", later)
			.param("id", id(path))
			.update();
		assertThat(Integer.parseInt(header(this.http.get(path), "Retry-After"))).isBetween(least, most);
	}

	@Test
	void runThatWorkerHasShowsNoNextAttempt() {
		String path = started();
		this.jdbc.sql("update run set claimed_at = now() where id = :id").param("id", id(path)).update();
		HttpResponse<String> response = this.http.get(path);
		assertThat(json(response).path("nextAttemptAt").isNull()).isTrue();
		assertThat(header(response, "Retry-After")).isEqualTo("1");
	}

	@ParameterizedTest
	@CsvSource({ "DELETE, /v1/runs, 'GET, HEAD, OPTIONS, POST'", "DELETE, /v1/runs/1, 'GET, HEAD, OPTIONS'",
			"PUT, /v1/runs, 'GET, HEAD, OPTIONS, POST'" })
	void otherMethodIs405ThatListsAllowedOnes(String method, String path, String allow) {
		HttpResponse<String> response = this.http.send(method, path, "");
		assertThat(response.statusCode()).isEqualTo(405);
		assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
		assertThat(header(response, "Allow")).isEqualTo(allow);
	}

	@Test
	void headIsGetWithoutBody() {
		HttpResponse<String> head = this.http.send("HEAD", started(), "");
		assertThat(head.statusCode()).isEqualTo(200);
		assertThat(head.body()).isEmpty();
		assertThat(header(head, "ETag")).isEqualTo("W/\"2\"");
	}

	@Test
	void optionsListsMethods() {
		HttpResponse<String> options = this.http.send("OPTIONS", "/v1/runs/1", "");
		assertThat(options.statusCode()).isEqualTo(200);
		assertThat(header(options, "Allow")).isEqualTo("GET,HEAD,OPTIONS");
		problem(this.http.send("OPTIONS", "/nowhere", ""), ProblemType.NOT_FOUND);
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST", "PUT", "DELETE" })
	void unknownPathIs404WhateverTheMethod(String method) {
		problem(this.http.send(method, "/nowhere", ""), ProblemType.NOT_FOUND);
		problem(this.http.send(method, "/error", ""), ProblemType.NOT_FOUND);
	}

	private String started() {
		return header(this.http.post("/v1/runs", Requests.withToken(this.token)), "Location");
	}

	private static UUID id(String path) {
		return UUID.fromString(path.substring("/v1/runs/".length()));
	}

	private int runs() {
		return this.jdbc.sql("select count(*) from run").query(Integer.class).single();
	}

}
