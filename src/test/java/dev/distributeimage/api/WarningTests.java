package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.boot.test.web.server.LocalServerPort;

import static dev.distributeimage.api.Http.header;
import static dev.distributeimage.api.Http.json;
import static org.assertj.core.api.Assertions.assertThat;

@ApiTest
class WarningTests {

	private static final String PARAMETER = "/distributions/0/ssmParameterConfigurations/0/parameterName";

	private static final String PUBLIC = "/distributions/0/amiDistributionConfiguration/launchPermission/userGroups";

	private final String token = UUID.randomUUID().toString();

	private final ObjectNode request = Requests.everything()
		.put("clientToken", this.token)
		.put("distributionName", "web-" + this.token);

	private Http http;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
	}

	@Test
	void runShowsItsWarningsWhereverItIsShown() {
		HttpResponse<String> started = start("");
		assertThat(pointers(json(started))).containsExactly(PUBLIC, PARAMETER);
		assertThat(this.http.get(header(started, "Location")).body()).isEqualTo(started.body());
		assertThat(json(this.http.get("/v1/runs?clientToken=" + this.token)).at("/items/0")).isEqualTo(json(started));
	}

	@Test
	void validateOnlyHasTheWarningsOfARun() {
		assertThat(pointers(json(start("?validateOnly=true")))).containsExactly(PUBLIC, PARAMETER);
		String run = json(start("")).path("id").asString();
		assertThat(pointers(json(start("?validateOnly=true")))).as("of the same run")
			.containsExactly(PUBLIC, PARAMETER);
		this.request.remove("clientToken");
		JsonNode named = json(start("?validateOnly=true"));
		assertThat(pointers(named)).containsExactly(PUBLIC, PARAMETER, "/distributionName");
		assertThat(named.at("/warnings/2/detail").asString()).startsWith("The run " + run + " has this name");
		assertThat(pointers(json(start("")))).isEqualTo(pointers(named));
	}

	@Test
	void repeatWithOtherLabelsAndDeadlineSaysSoOnce() {
		String run = header(start(""), "Location");
		this.request.putObject("labels");
		this.request.put("deadline", "PT1H");
		HttpResponse<String> again = start("");
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(pointers(json(again))).containsExactly(PUBLIC, PARAMETER, "/labels", "/deadline");
		assertThat(json(again).path("labels")).isEqualTo(Requests.everything().path("labels"));
		assertThat(pointers(json(this.http.get(run)))).containsExactly(PUBLIC, PARAMETER);
	}

	@Test
	void repeatThatWaitsSaysSoToo() {
		start("");
		this.request.remove("deadline");
		HttpResponse<String> again = this.http.post("/v1/runs", this.request.toString(), "Prefer", "wait=1");
		assertThat(pointers(json(again))).containsExactly(PUBLIC, PARAMETER, "/deadline");
	}

	private HttpResponse<String> start(String query) {
		return this.http.post("/v1/runs" + query, this.request.toString());
	}

	private static List<String> pointers(JsonNode shown) {
		return shown.path("warnings").valueStream().map((warning) -> warning.path("pointer").asString()).toList();
	}

}
