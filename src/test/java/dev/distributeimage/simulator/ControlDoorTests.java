package dev.distributeimage.simulator;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.imagebuilder.model.Ami;
import software.amazon.awssdk.services.imagebuilder.model.ImagebuilderException;
import software.amazon.awssdk.services.imagebuilder.model.ResourceNotFoundException;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class ControlDoorTests {

	private final HandCrankedClock clock = new HandCrankedClock();

	@AutoClose
	private final Simulator simulator = Simulator.start(SimulatorSettings.defaults().withClock(this.clock));

	@AutoClose
	private final SdkCalls calls = SdkCalls.to(this.simulator);

	@Test
	void rolesAreAssumedAndSessionsEnd() throws Exception {
		send("POST", "/roles", "{\"arn\": \"arn:aws:iam::222222222222:role/images\", \"externalId\": \"4711\"}");
		HttpResponse<String> assumed = RawCalls.to(this.simulator)
			.authorized("imagebuilder", "sts")
			.send("GET", "/?Action=AssumeRole&Version=2011-06-15&RoleSessionName=run-1&ExternalId=4711"
					+ "&RoleArn=arn:aws:iam::222222222222:role/images");
		assertThat(assumed.body()).contains("<AssumeRoleResult>");
		JsonNode session = json("GET", "/sessions", "").at("/sessions/0");
		assertThat(session.path("name").asString()).isEqualTo("run-1");
		assertThat(session.path("externalId").asString()).isEqualTo("4711");
		send("DELETE", "/sessions", "");
		AssumedSession ended = this.simulator.sts().sessions().get(0);
		HttpResponse<String> refused = RawCalls.to(this.simulator)
			.authorized("=id/", "=" + ended.accessKey() + "/")
			.with("X-Amz-Security-Token", ended.token())
			.send("POST", "/ListImages");
		assertThat(RawCalls.code(refused)).isEqualTo("ExpiredTokenException");
	}

	@Test
	void rootIsTheHelp() throws Exception {
		assertThat(send("GET", "", "").body()).isEqualTo(Help.text());
	}

	@Test
	void countsAndRequestsTellWhatWasSent() throws Exception {
		this.calls.build("web");
		this.calls.createDistribution("web", SdkCalls.amisIn("eu-west-1"));
		JsonNode counts = json("GET", "/counts", "");
		assertThat(counts.path("builds").asInt()).isEqualTo(1);
		assertThat(counts.path("distributionConfigurations").asInt()).isEqualTo(1);
		assertThat(counts.path("requests").path("CreateImage").asInt()).isEqualTo(1);
		JsonNode requests = json("GET", "/requests?operation=CreateImage", "").path("requests");
		assertThat(requests).hasSize(1);
		assertThat(requests.get(0).path("region").asString()).isEqualTo("eu-west-1");
		assertThat(requests.get(0).path("parameters").path("clientToken").asString()).hasSize(36);
		assertThat(requests.get(0).path("outcome").asString()).isEqualTo("COMMITTED");
		assertThat(json("GET", "/requests?operation=CreateImage&status=0", "").path("requests")).isEmpty();
		assertThat(json("GET", "/requests", "").path("requests")).hasSize(2);
		send("DELETE", "/requests", "");
		assertThat(this.simulator.requests()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "'error', 'status': 429, 'code': 'TooManyRequestsException' | 429 | 0",
					"'error', 'status': 500, 'code': 'ServiceException', 'afterCommit': true | 500 | 1",
					"'answer', 'status': 409, 'body': 'x' | 409 | 0", "'html', 'status': 502 | 502 | 0",
					"'redirect', 'status': 302, 'location': 'http://127.0.0.1:1' | 302 | 0" })
	void orderedErrorStrikesOnce(String fault, int status, int builds) throws Exception {
		order("{'operation': 'CreateImage', 'fault': {'kind': " + fault + "}}");
		assertThatExceptionOfType(ImagebuilderException.class).isThrownBy(() -> this.calls.build("web"))
			.satisfies((ex) -> assertThat(ex.statusCode()).isEqualTo(status));
		assertThat(this.simulator.builds()).isEqualTo(builds);
		assertThat(this.calls.build("web")).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "'reset'", "'truncated'", "'not-json'", "'body', 'body': '{'",
			"'error', 'status': 500, 'code': 'X', 'wait': '1ms'" })
	void orderedDamageArrives(String fault) throws Exception {
		order("{'fault': {'kind': " + fault + "}}");
		assertThatExceptionOfType(SdkException.class).isThrownBy(() -> this.calls.build("web"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			value = { "'empty' | null", "'without', 'member': 'imageBuildVersionArn' | null",
					"'with', 'member': 'imageBuildVersionArn', 'value': 'x' | x" })
	void orderedSuccessLacksItsArn(String fault, String arn) throws Exception {
		order("{'fault': {'kind': " + fault + "}}");
		assertThat(String.valueOf(this.calls.build("web"))).isEqualTo(arn);
	}

	@Test
	void orderIsForTheRequestsMeant() throws Exception {
		order("{'times': 'always', 'region': 'us-east-1', 'fault': {'kind': 'html', 'status': 502}}");
		order("{'times': 2, 'mentioning': 'image-recipe/bad', 'fault': {'kind': 'html', 'status': 502}}");
		order("{'times': 'always', 'probability': 0.0, 'seed': 1, 'fault': {'kind': 'html', 'status': 502}}");
		assertThat(this.calls.build("web")).isNotNull();
		assertThatExceptionOfType(ImagebuilderException.class).isThrownBy(() -> this.calls.build("bad"));
		JsonNode faults = json("GET", "/faults", "").path("faults");
		assertThat(faults).extracting((fault) -> fault.path("hits").asInt()).containsExactly(0, 1, 0);
		send("DELETE", "/faults/2", "");
		assertThat(this.calls.build("bad")).isNotNull();
		send("DELETE", "/faults", "");
		assertThat(json("GET", "/faults", "").path("faults")).isEmpty();
	}

	@Test
	void hangIsReleased() throws Exception {
		int id = order("{'operation': 'CreateImage', 'fault': {'kind': 'hang'}}").path("id").asInt();
		CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> this.calls.build("web"));
		await().until(() -> this.simulator.count(Operation.CREATE_IMAGE) == 1);
		send("POST", "/faults/" + id + "/release", "");
		assertThat(answer.join()).endsWith("/1");
	}

	@Test
	void imageBecomesWhatIsSaid() throws Exception {
		String arn = this.calls.build("web");
		send("POST", "/images", "{'arn': '%s', 'status': 'FAILED', 'reason': 'by hand'}".formatted(arn));
		assertThat(this.calls.image(arn).state().reason()).isEqualTo("by hand");
		assertThat(json("GET", "/images", "").path("images").get(0).path("status").asString()).isEqualTo("FAILED");
		send("POST", "/images", "{'arn': '%s', 'gone': true}".formatted(arn));
		assertThatExceptionOfType(ResourceNotFoundException.class).isThrownBy(() -> this.calls.image(arn));
	}

	@Test
	void endingsAreOrdered() throws Exception {
		send("POST", "/endings", "{'ending': 'fail-build', 'pace': '1h'}");
		send("POST", "/endings", "{'recipe': 'web', 'ending': 'deprecated'}");
		String first = this.calls.build("web");
		String second = this.calls.build("web");
		this.clock.advance(Duration.ofHours(2));
		assertThat(this.calls.status(first)).isEqualTo("BUILDING");
		assertThat(this.calls.status(second)).isEqualTo("DEPRECATED");
	}

	@Test
	void failedCopiesAreOrdered() throws Exception {
		send("POST", "/endings", "{'ending': 'fail-copy', 'failedCopies': [{'region': 'eu-west-1', "
				+ "'account': '123456789012', 'reason': 'no key', 'signs': ['AMI_STATE']}]}");
		String arn = this.calls.build("web");
		this.clock.advance(Duration.ofHours(2));
		Ami ami = this.calls.image(arn).outputResources().amis().get(0);
		assertThat(ami.state().statusAsString()).isEqualTo("FAILED");
		assertThat(ami.state().reason()).isEqualTo("no key");
	}

	@Test
	void settingsAreChanged() throws Exception {
		send("PATCH", "/settings",
				"{'pace': '1h', 'tokenLifetime': 'PT2S', 'nameBeforeToken': true, 'concurrentBuilds': 3, "
						+ "'strictRecipes': true, 'unsignedRegion': 'eu-west-1'}");
		SimulatorSettings settings = this.simulator.settings();
		assertThat(settings.pace()).isEqualTo(Duration.ofHours(1));
		assertThat(settings.tokenLifetime()).isEqualTo(Duration.ofSeconds(2));
		assertThat(settings.nameBeforeToken()).isTrue();
		assertThat(settings.concurrentBuilds()).isEqualTo(3);
		assertThat(settings.strictRecipes()).isTrue();
		assertThat(settings.unsignedRegion()).isEqualTo("eu-west-1");
		send("PATCH", "/settings", "{'unsignedRegion': null}");
		assertThat(this.simulator.settings().unsignedRegion()).isNull();
	}

	@Test
	void tokensAreForgottenAndResetForgetsAll() throws Exception {
		String distribution = this.calls.createDistribution("web", SdkCalls.amisIn("eu-west-1"));
		this.calls.createImage("web/1.0.0", distribution, "t");
		send("DELETE", "/tokens", "");
		this.calls.createImage("web/1.0.0", distribution, "t");
		assertThat(this.simulator.builds()).isEqualTo(2);
		send("POST", "/reset", "");
		assertThat(this.simulator.builds()).isZero();
		assertThat(this.simulator.distributionConfigurations()).isZero();
		assertThat(this.simulator.requests()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "POST | /faults | {} | 400", "POST | /faults | x | 400",
					"POST | /faults | {'fault': {'kind': 'x'}} | 400", "POST | /faults | {'operation': 'X'} | 400",
					"POST | /endings | {'ending': 'x'} | 400",
					"POST | /endings | {'failedCopies': [{'region': 'x', 'signs': ['x']}]} | 400",
					"PATCH | /settings | {'pace': 'x'} | 400", "PATCH | /settings | {'x': 1} | 400",
					"POST | /images | {'arn': 'x', 'gone': true} | 404", "GET | /nothing | '' | 404",
					"DELETE | /faults/9 | '' | 404", "POST | /faults/1/x | '' | 404",
					"GET | /requests?operation=X | '' | 404" })
	void nonsenseIsRefused(String method, String path, String body, int status) throws Exception {
		assertThat(send(method, path, body).statusCode()).isEqualTo(status);
	}

	private JsonNode order(String fault) throws Exception {
		HttpResponse<String> response = send("POST", "/faults", fault);
		assertThat(response.statusCode()).isEqualTo(201);
		return Json.read(response.body());
	}

	private JsonNode json(String method, String path, String body) throws Exception {
		return Json.read(send(method, path, body).body());
	}

	private HttpResponse<String> send(String method, String path, String body) throws Exception {
		URI uri = URI.create(this.simulator.endpoint() + "/__simulator" + path);
		HttpRequest request = HttpRequest.newBuilder(uri)
			.version(HttpClient.Version.HTTP_1_1)
			.method(method, BodyPublishers.ofString(body.replace('\'', '"')))
			.build();
		return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
	}

}
