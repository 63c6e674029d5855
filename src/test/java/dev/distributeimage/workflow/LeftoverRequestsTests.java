package dev.distributeimage.workflow;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.imagebuilder.ImageBuilders;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.queue.RemovalQueue;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.MadeAmis;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.simulator.SimulatorSettings;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests requests for leftovers, over HTTP, with runs that have left them in AWS. */
@ApiTest
@NullUnmarked
class LeftoverRequestsTests {

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private BeanFactory beans;

	private Http http;

	private VirtualTime time;

	private Simulator simulator;

	private Engine engine;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		TestPostgres.empty(this.jdbc);
		this.http = new Http(port);
		this.time = new VirtualTime(this.jdbc);
		this.simulator = Simulator
			.start(SimulatorSettings.defaults().withClock(this.time).withPace(Duration.ofMinutes(2)));
		this.engine = new Engine(this.beans, this.time, ImageBuilders.at(this.simulator.endpoint()), 42);
	}

	/** Others share the database. */
	@AfterEach
	void tearDown() {
		this.simulator.close();
		this.jdbc.sql("""
				create or replace function engine_now() returns timestamptz language sql stable parallel safe
				return statement_timestamp()""").update();
	}

	@Test
	void listHasEachReasonAndNothingOfASuccess() {
		this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		assertThat(list("")).isEmpty();
		UUID refused = refusedRun();
		cancelledRun();
		failedRun();
		UUID retried = failedRun();
		this.engine.retry(retried);
		this.engine.runToTheEnd();
		assertThat(list("").stream().map((item) -> item.path("reason").stringValue())).contains("create-image-failed",
				"run-cancelled", "image-failed", "superseded");
		JsonNode item = list("?kind=distribution-configuration").get(2);
		assertThat(item.path("run").stringValue()).isEqualTo(refused.toString());
		assertThat(item.path("reason").stringValue()).isEqualTo("create-image-failed");
		assertThat(item.path("resource").stringValue())
			.isEqualTo(this.engine.run(refused).distributionConfigurationArn());
		assertThat(item.path("since").stringValue()).isNotBlank();
		assertThat(item.path("command").isNull()).isTrue();
	}

	@Test
	void amiHasTheCommandThatWouldDeregisterIt() {
		failedRun();
		JsonNode ami = list("?kind=ami").get(0);
		assertThat(ami.path("command").stringValue()).isEqualTo("aws ec2 deregister-image --region %s --image-id %s",
				ami.path("region").stringValue(), ami.path("resource").stringValue());
		HttpResponse<String> refused = this.http.post(remove(ami), "");
		assertThat(Http.problem(refused, ProblemType.NOT_REMOVABLE).path("command")).isEqualTo(ami.path("command"));
		Http.problem(this.http.post(remove(ami) + "/validate", ""), ProblemType.NOT_REMOVABLE);
	}

	@ParameterizedTest
	@CsvSource({ "?kind=ami, 3", "?kind=distribution-configuration, 1", "?region=eu-west-1, 2", "?region=us-east-1, 2",
			"?region=eu-central-1, 0", "?accountId=123456789012, 3", "?accountId=111122223333, 1",
			"?accountId=999999999999, 0", "?kind=ami&region=us-east-1&accountId=111122223333, 1", "?olderThan=PT1H, 0",
			"?olderThan=PT0S, 4" })
	void listIsFiltered(String query, int expected) {
		failedRun();
		assertThat(list(query)).as("%s", list("")).hasSize(expected);
	}

	@Test
	void leftoverGrowsOlder() {
		refusedRun();
		assertThat(list("?olderThan=P7D")).isEmpty();
		this.time.pass(Duration.ofDays(7));
		assertThat(list("?olderThan=P7D")).hasSize(1);
	}

	@Test
	void pagesLeadFromTheNewestToTheOldest() {
		failedRun();
		refusedRun();
		List<String> paged = new ArrayList<>();
		String next = "";
		String token;
		do {
			JsonNode page = json(this.http.get("/v1/leftovers?pageSize=2" + next));
			page.path("items").forEach((item) -> paged.add(item.path("id").stringValue()));
			token = page.path("nextPageToken").isNull() ? null : page.path("nextPageToken").stringValue();
			if (token != null) {
				Http.problem(this.http.get("/v1/leftovers?kind=ami&pageToken=" + token),
						ProblemType.INVALID_PAGE_TOKEN);
			}
			next = "&pageToken=" + token;
		}
		while (token != null);
		assertThat(paged).hasSize(5)
			.containsExactlyElementsOf(list("").stream().map((item) -> item.path("id").stringValue()).toList());
	}

	@Test
	void parametersThatAreNotValidAreToldTogether() {
		HttpResponse<String> refused = this.http
			.get("/v1/leftovers?kind=image&region=EU&accountId=1&olderThan=P999999999D&reason=x&pageSize=0");
		assertThat(Http.problem(refused, ProblemType.INVALID_REQUEST).path("errors").valueStream())
			.extracting((error) -> error.path("parameter").stringValue())
			.containsExactlyInAnyOrder("kind", "region", "accountId", "olderThan", "reason", "pageSize");
	}

	@ParameterizedTest
	@ValueSource(strings = { "7", "-PT1H", "P1Y", "P1W", "P", "one week" })
	void ageThatIsNoDurationIs400(String age) {
		HttpResponse<String> refused = this.http.get("/v1/leftovers?olderThan=" + age.replace(" ", "%20"));
		Http.problem(refused, ProblemType.INVALID_REQUEST);
	}

	@Test
	void removalIsAcceptedCarriedOutAndNoted() {
		UUID run = refusedRun();
		JsonNode leftover = list("").get(0);
		HttpResponse<String> accepted = this.http.post(remove(leftover), "");
		assertThat(accepted.statusCode()).isEqualTo(202);
		assertThat(json(accepted).at("/removal/automatic").booleanValue()).isFalse();
		assertThat(this.http.post(remove(leftover), "").statusCode()).isEqualTo(202);
		assertThat(this.engine.removeWhatIsDue()).isOne();
		assertThat(this.simulator.distributionConfigurations()).isZero();
		HttpResponse<String> again = this.http.post(remove(leftover), "");
		assertThat(again.statusCode()).isEqualTo(200);
		assertThat(json(again).path("removedAt").isNull()).isFalse();
		assertThat(list("")).isEmpty();
		assertThat(json(this.http.get("/v1/runs/" + run + "/events")).path("items")
			.valueStream()
			.map((event) -> event.path("type").stringValue())).endsWith("REMOVAL_REQUESTED", "CONFIGURATION_REMOVED");
		assertThat(this.jdbc.sql("select count(*) from audit_event where event = 'leftover.remove' and run = :run")
			.param("run", run)
			.query(Integer.class)
			.single()).isOne();
	}

	@Test
	void failureOfARemovalIsShown() {
		refusedRun();
		JsonNode leftover = list("").get(0);
		this.simulator.onNext(Operation.DELETE_DISTRIBUTION_CONFIGURATION,
				Fault.error(400, "ResourceDependencyException"));
		this.http.post(remove(leftover), "");
		this.engine.removeWhatIsDue();
		JsonNode shown = list("").get(0);
		assertThat(shown.at("/failure/code").stringValue()).isEqualTo("ResourceDependencyException");
		assertThat(shown.at("/removal/attempts").intValue()).isOne();
		assertThat(shown.at("/removal/nextAttemptAt").isNull()).isFalse();
	}

	@Test
	void validationTellsTheCallsAndChangesNothing() {
		refusedRun();
		JsonNode leftover = list("").get(0);
		HttpResponse<String> plan = this.http.post(remove(leftover) + "?validateOnly=true", "");
		assertThat(plan.statusCode()).isEqualTo(200);
		assertThat(json(plan).path("calls").valueStream().map((call) -> call.path("operation").stringValue()))
			.containsExactly("GetDistributionConfiguration", "DeleteDistributionConfiguration");
		assertThat(json(plan).at("/calls/1/parameters/distributionConfigurationArn"))
			.isEqualTo(leftover.path("resource"));
		assertThat(this.http.post(remove(leftover) + "/validate", "").body()).isEqualTo(plan.body());
		assertThat(list("").get(0)).isEqualTo(leftover);
		assertThat(this.engine.removeWhatIsDue()).isZero();
	}

	@Test
	void retryIs409WhileTheRemovalIsUnderWayAndBeginsAnewAfterwards() {
		UUID run = refusedRun();
		this.http.post(remove(list("").get(0)), "");
		RemovalQueue queue = this.beans.getBean(RemovalQueue.class);
		assertThat(queue.claim(Engine.CLAIM_FOR, List.of())).isPresent();
		for (String path : List.of("/retry", "/retry/validate", "/retry?validateOnly=true")) {
			Http.problem(this.http.post("/v1/runs/" + run + path, ""), ProblemType.REMOVAL_UNDER_WAY);
		}
		this.engine.removing().runFor(Duration.ofMinutes(8));
		JsonNode plan = json(this.http.post("/v1/runs/" + run + "/retry/validate", ""));
		assertThat(plan.path("action").stringValue()).isEqualTo("createDistributionConfiguration");
		assertThat(this.http.post("/v1/runs/" + run + "/retry", "").statusCode()).isEqualTo(202);
		Http.problem(this.http.post("/v1/leftovers/" + UUID.randomUUID() + "/remove", ""), ProblemType.NOT_FOUND);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "?validateOnly=true", "/validate" })
	void leftoverThatIsUsedAgainIs404(String more) {
		UUID run = refusedRun();
		JsonNode leftover = list("").get(0);
		this.engine.retry(run);
		assertThat(list("")).isEmpty();
		Http.problem(this.http.post(remove(leftover) + more, ""), ProblemType.NOT_FOUND);
		Http.problem(this.http.post("/v1/leftovers/4711/remove" + more, ""), ProblemType.NOT_FOUND);
	}

	@Test
	void configurationThatAnotherRunReusesIsNoLeftover() {
		UUID run = refusedRun();
		JsonNode leftover = list("").get(0);
		this.engine
			.start(RunKind.REUSING_BUILD.like(NewRuns.any(), this.engine.run(run).distributionConfigurationArn()));
		assertThat(list("")).isEmpty();
		Http.problem(this.http.post(remove(leftover), ""), ProblemType.NOT_FOUND);
	}

	private UUID refusedRun() {
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "ClientException"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		return id;
	}

	private void cancelledRun() {
		this.simulator.nextImage(Ending.available().by("CREATING", "BUILDING"));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.tick();
		this.engine.cancel(id);
		this.engine.runToTheEnd();
	}

	/** Returns a run whose image has failed, with AMIs for two Regions all the same. */
	private UUID failedRun() {
		this.simulator.nextImage(Ending.failedAt("BUILDING", "no").by("BUILDING").making(MadeAmis.ALL));
		UUID id = this.engine.start(NewRuns.any());
		this.engine.runToTheEnd();
		return id;
	}

	private List<JsonNode> list(String query) {
		return json(this.http.get("/v1/leftovers" + query)).path("items").valueStream().toList();
	}

	private static String remove(JsonNode leftover) {
		return "/v1/leftovers/" + leftover.path("id").stringValue() + "/remove";
	}

	private static JsonNode json(HttpResponse<String> response) {
		return JsonMapper.shared().readTree(response.body());
	}

}
