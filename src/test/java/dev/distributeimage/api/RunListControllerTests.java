package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.sql.DataSource;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.view.RunFilter;
import dev.distributeimage.run.view.RunFilter.Criterion;
import dev.distributeimage.run.view.RunFilter.Field;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static dev.distributeimage.api.Http.header;
import static dev.distributeimage.api.Http.problem;
import static org.assertj.core.api.Assertions.assertThat;

@ApiTest
class RunListControllerTests {

	private static final String RECIPES = "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/";

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private RunStarts starts;

	private Http http;

	private Listed list;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		TestPostgres.empty(this.jdbc);
		this.http = new Http(port);
		this.list = new Listed(this.http, "/v1/runs");
	}

	@Test
	void listWithoutRunsIsEmpty() {
		assertThat(this.http.get("/v1/runs").body()).isEqualTo("{\"items\":[],\"nextPageToken\":null}");
	}

	@Test
	void newestRunIsFirstAndShownAsByItself() {
		String old = started(NewRuns.any());
		String young = started(NewRuns.any());
		assertThat(this.list.ids()).containsExactly(young, old);
		assertThat(this.list.page("").at("/items/0")).isEqualTo(Http.json(this.http.get("/v1/runs/" + young)));
	}

	@Test
	void statusFinds() {
		String running = started(NewRuns.any());
		String failed = ended("FAILED");
		String succeeded = ended("SUCCEEDED");
		assertThat(this.list.ids("status", "RUNNING")).containsExactly(running);
		assertThat(this.list.ids("status", "FAILED", "status", "SUCCEEDED")).containsExactly(succeeded, failed);
		assertThat(this.list.ids("status", "FAILED", "status", "FAILED")).containsExactly(failed);
		assertThat(this.list.ids("status", "TIMED_OUT")).isEmpty();
	}

	@Test
	void runIsFoundAsItStandsAndNoMoreAsItStood() {
		String run = ended("TIMED_OUT");
		assertThat(this.list.ids("status", "RUNNING")).isEmpty();
		assertThat(this.list.ids("step", "createDistributionConfiguration")).isEmpty();
		assertThat(this.list.ids("imageStatus", "BUILDING")).isEmpty();
		this.jdbc.sql("""
				update run set status = 'RUNNING', finished_at = null, next_attempt_at = now(), step = 'createImage',
				  image_status = null""").update();
		assertThat(this.list.ids("status", "TIMED_OUT")).isEmpty();
		assertThat(this.list.ids("step", "getImage")).isEmpty();
		assertThat(this.list.ids("imageStatus", "AVAILABLE")).isEmpty();
		assertThat(this.list.ids("status", "RUNNING", "step", "createImage")).containsExactly(run);
	}

	@Test
	void stepImageStatusAndImageFind() {
		started(NewRuns.any());
		String run = ended("SUCCEEDED");
		String arn = this.list.page("?status=SUCCEEDED").at("/items/0/outputs/imageBuildVersionArn").asString();
		assertThat(this.list.ids("step", "getImage")).containsExactly(run);
		assertThat(this.list.ids("imageStatus", "AVAILABLE")).containsExactly(run);
		assertThat(this.list.ids("imageBuildVersionArn", arn)).containsExactly(run);
		assertThat(this.list.ids("imageBuildVersionArn", arn, "status", "FAILED")).isEmpty();
		assertThat(this.list.ids("imageBuildVersionArn", arn + "0")).isEmpty();
	}

	@Test
	void nameAndTokenFind() {
		started(NewRuns.any());
		String run = started(NewRuns.named("web 1_a-B"));
		String token = this.list.page("").at("/items/0/inputs/clientToken").asString();
		assertThat(this.list.ids("distributionName", "web 1_a-B")).containsExactly(run);
		assertThat(this.list.ids("distributionName", "web 1_a-b")).isEmpty();
		assertThat(this.list.ids("clientToken", token)).containsExactly(run);
		assertThat(this.list.ids("clientToken", token, "status", "FAILED")).isEmpty();
	}

	@Test
	void recipeFindsItsVersionOrAll() {
		String web = started(NewRuns.of("eu-west-1", "web"));
		started(NewRuns.of("eu-west-1", "web2"));
		started(NewRuns.of("us-east-1", "web"));
		assertThat(this.list.ids("imageRecipeArn", RECIPES + "web/1.0.0")).containsExactly(web);
		assertThat(this.list.ids("imageRecipeArn", RECIPES + "web")).containsExactly(web);
		assertThat(this.list.ids("imageRecipeArn", RECIPES + "web/1.0.1")).isEmpty();
		assertThat(this.list.ids("imageRecipeArn", RECIPES + "we")).isEmpty();
	}

	@Test
	void everyRegionOfDistributionFinds() {
		String run = started(NewRuns.any());
		assertThat(this.list.ids("region", "eu-west-1")).containsExactly(run);
		assertThat(this.list.ids("region", "us-east-1", "status", "RUNNING")).containsExactly(run);
		assertThat(this.list.ids("region", "us-east-2")).isEmpty();
	}

	@Test
	void labelFindsByKeyOrByKeyAndValue() {
		String both = started(labelled(Map.of("team", "platform", "stage", "")));
		String other = started(labelled(Map.of("team", "web")));
		assertThat(this.list.ids("label", "team")).containsExactly(other, both);
		assertThat(this.list.ids("label", "team:platform")).containsExactly(both);
		assertThat(this.list.ids("label", "stage:")).containsExactly(both);
		assertThat(this.list.ids("label", "team:platform", "label", "stage")).containsExactly(both);
		assertThat(this.list.ids("label", "team:platform", "label", "team:web")).isEmpty();
		assertThat(this.list.ids("label", "platform")).isEmpty();
		assertThat(this.list.ids("label", "team:")).isEmpty();
	}

	@Test
	void labelIsSplitAtItsLastColon() {
		String aws = started(labelled(Map.of("aws", "x")));
		assertThat(this.list.ids("label", "aws:x")).containsExactly(aws);
		String colonInKey = started(labelled(Map.of("a:b", "c")));
		started(labelled(Map.of("a", "b:c")));
		assertThat(this.list.ids("label", "a:b:c")).containsExactly(colonInKey);
		assertThat(this.list.ids("label", "a:b")).isEmpty();
		assertThat(this.list.ids("label", "a")).hasSize(1).doesNotContain(colonInKey);
	}

	@Test
	void timesFindFromTheFirstToBeforeTheSecond() {
		List<String> runs = Stream.generate(() -> started(NewRuns.any())).limit(3).toList();
		String second = this.list.page("").at("/items/1/createdAt").asString();
		assertThat(this.list.ids("createdAfter", second)).containsExactly(runs.get(2), runs.get(1));
		assertThat(this.list.ids("createdBefore", second)).containsExactly(runs.get(0));
		assertThat(this.list.ids("createdAfter", second, "createdBefore", second)).isEmpty();
		assertThat(this.list.ids("createdAfter", second.replace("Z", "+00:00"), "status", "RUNNING")).hasSize(2);
		assertThat(this.list.ids("createdAfter", second.replace("Z", "001Z").replaceAll("(\\.\\d{9})\\d*", "$1")))
			.containsExactly(runs.get(2));
		assertThat(this.list.ids("createdAfter", "9999-12-31T23:59:59Z")).isEmpty();
		assertThat(this.list.ids("createdBefore", "0000-01-01T00:00:00-18:00")).isEmpty();
		assertThat(this.list.ids("createdAfter", "0000-01-01T00:00:00+18:00")).hasSize(3);
	}

	@Test
	void allFiltersMustFit() {
		String run = started(labelled(Map.of("team", "platform")));
		JsonNode seen = this.list.page("").at("/items/0");
		String[] all = { "status", "RUNNING", "status", "FAILED", "step", "createDistributionConfiguration",
				"distributionName", seen.at("/inputs/distributionName").asString(), "imageRecipeArn", RECIPES + "web",
				"region", "us-east-1", "clientToken", seen.at("/inputs/clientToken").asString(), "label", "team",
				"label", "team:platform", "createdAfter", seen.path("createdAt").asString(), "createdBefore",
				"2999-01-01T00:00:00Z" };
		started(NewRuns.any());
		assertThat(this.list.ids(all)).containsExactly(run);
		assertThat(this.list
			.ids(Stream.concat(Stream.of(all), Stream.of("imageStatus", "AVAILABLE")).toArray(String[]::new)))
			.isEmpty();
	}

	@Test
	void pagesHoldEveryRunOnceWhateverIsStartedMeanwhile() {
		List<String> before = new ArrayList<>();
		for (int i = 0; i < 7; i++) {
			before.add(0, started(NewRuns.any()));
		}
		List<String> seen = new ArrayList<>();
		String token = "";
		while (token != null) {
			JsonNode page = this.list.page("?status=RUNNING&pageSize=2" + token);
			seen.addAll(Listed.ids(page));
			token = page.path("nextPageToken").isNull() ? null : "&pageToken=" + page.path("nextPageToken").asString();
			started(NewRuns.any());
		}
		assertThat(seen).isEqualTo(before);
	}

	@Test
	void pageOfRightSizeIsTheLast() {
		started(NewRuns.any());
		started(NewRuns.any());
		assertThat(this.list.page("?pageSize=2").path("nextPageToken").isNull()).isTrue();
		assertThat(this.list.page("?pageSize=1").path("nextPageToken").isString()).isTrue();
	}

	@Test
	void tokenThatWasTamperedWithIs400() {
		String token = token("?pageSize=1");
		for (int i = 0; i < token.length(); i++) {
			char other = (token.charAt(i) != 'A') ? 'A' : 'B';
			refused("?pageToken=" + token.substring(0, i) + other + token.substring(i + 1));
		}
		refused("?pageToken=" + token.substring(1));
		refused("?pageToken=" + token + "=");
		refused("?pageToken=" + token + "AAAA");
		refused("?pageToken=");
		refused("?pageToken=%00");
	}

	@Test
	void tokenOfOtherFiltersIs400() {
		String token = token("?pageSize=1&status=RUNNING&label=team");
		refused("?pageToken=" + token);
		refused("?status=RUNNING&pageToken=" + token);
		refused("?status=RUNNING&label=team:&pageToken=" + token);
		assertThat(this.list.page("?label=team&pageSize=9&status=RUNNING&pageToken=" + token).path("items")).hasSize(1);
	}

	private String token(String query) {
		started(labelled(Map.of("team", "a")));
		started(labelled(Map.of("team", "a")));
		return this.list.page(query).path("nextPageToken").asString();
	}

	private void refused(String query) {
		problem(this.http.get("/v1/runs" + query), ProblemType.INVALID_PAGE_TOKEN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "status=running", "status=", "status", "step=createimage", "step=getImage&step=getImage",
			"imageStatus=available", "imageStatus=%00", "distributionName=a", "distributionName=web%00",
			"imageRecipeArn=web", "imageRecipeArn=arn:aws:imagebuilder:eu-west-1:1:image/web/1.0.0",
			"imageBuildVersionArn=arn:aws:imagebuilder:eu-west-1:1:image/web/1.0.0", "region=europe", "region=",
			"clientToken=", "clientToken=%C3%A4", "createdAfter=2026-01-01", "createdAfter=2026-02-30T00:00:00Z",
			"createdBefore=2026-01-01T00:00:00+01:00", "createdBefore=2026-01-01T00:00Z", "createdBefore=now", "label=",
			"distributionNamePrefix=", "distributionNamePrefix=%20a", "distributionNamePrefix=a.b", "image=",
			"image=i-0", "image=ami-0%00", "failureCode=", "failureCode=a%20b", "createdBy=", "createdBy=a%00b",
			"label=:x", "label=%00", "label=aws:x:y", "label=a%22b", "pageSize=0", "pageSize=501", "pageSize=1.0",
			"pageSize=x", "pageSize=", "pageSize=1&pageSize=2", "pageToken=a&pageToken=b", "x=1", "Status=RUNNING" })
	void badParameterIs400ThatNamesIt(String query) {
		JsonNode errors = problem(this.http.get("/v1/runs?" + query), ProblemType.INVALID_REQUEST).path("errors");
		assertThat(errors).hasSize(1);
		assertThat(errors.at("/0/parameter").asString()).isEqualTo(query.split("=", 2)[0]);
		assertThat(errors.path(0).propertyNames()).containsExactly("parameter", "detail");
	}

	@Test
	void allBadParametersAreNamedAtOnce() {
		JsonNode problem = problem(this.http.get("/v1/runs?x=1&status=a&status=b&region=%20&pageSize=0&pageToken=z"),
				ProblemType.INVALID_REQUEST);
		assertThat(problem.path("errors")).extracting((error) -> error.path("parameter").asString())
			.containsExactlyInAnyOrder("x", "status", "region", "pageSize");
	}

	@Test
	void searchThatDoesNotFinishInTimeIs503(@Autowired DataSource database) throws SQLException {
		try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
			connection.setAutoCommit(false);
			statement.execute("lock table run_term");
			HttpResponse<String> response = this.http.get("/v1/runs?label=team&createdAfter=2026-01-01T00:00:00Z");
			connection.rollback();
			assertThat(header(response, "Retry-After")).isEqualTo("5");
			assertThat(problem(response, ProblemType.SEARCH_TIMEOUT).path("detail").asString())
				.isEqualTo("The search did not finish within 2 s. Add distributionName to narrow it down.");
		}
	}

	@Test
	void adviceNamesTheFirstFilterThatIsMissing() {
		Instant time = Instant.EPOCH;
		Criterion name = new Criterion(Field.DISTRIBUTION_NAME, "web");
		Criterion label = new Criterion(Field.LABEL, "team");
		Criterion region = new Criterion(Field.REGION, "eu-west-1");
		assertThat(advice(null, name, label, region)).isEqualTo("Add createdAfter to narrow it down.");
		assertThat(advice(time, region)).isEqualTo("Add distributionName to narrow it down.");
		assertThat(advice(time, region, name)).isEqualTo("Add label to narrow it down.");
		assertThat(advice(time, name, label)).isEqualTo("Add region to narrow it down.");
		assertThat(advice(time, name, label, region)).isEqualTo("Move createdAfter to a later time.");
	}

	private static String advice(@Nullable Instant createdAfter, Criterion... criteria) {
		return RunListController.advice(new RunFilter(Set.of(), List.of(criteria), createdAfter, null));
	}

	@Test
	void moreLabelsThanARunHasIs400() {
		String query = Stream.generate(() -> "label=a").limit(21).reduce((a, b) -> a + "&" + b).orElseThrow();
		problem(this.http.get("/v1/runs?" + query), ProblemType.INVALID_REQUEST);
	}

	@ParameterizedTest
	@CsvSource({ "HEAD, 200", "OPTIONS, 200" })
	void headAndOptionsHaveNoBody(String method, int status) {
		var response = this.http.send(method, "/v1/runs", "");
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.body()).isEmpty();
	}

	@Test
	void pageEndsBeforeItsRunsTakeFourMebibytes() {
		List<String> newestFirst = new ArrayList<>();
		IntStream.range(0, 10).forEach((i) -> newestFirst.add(0, started(heavy())));
		List<String> listed = new ArrayList<>();
		int pages = 0;
		String next = "?pageSize=500";
		while (!next.isEmpty()) {
			HttpResponse<String> page = this.http.get("/v1/runs" + next);
			assertThat(page.body().length()).isLessThanOrEqualTo(4 * 1024 * 1024);
			listed.addAll(Listed.ids(Http.json(page)));
			pages++;
			JsonNode token = Http.json(page).path("nextPageToken");
			next = token.isNull() ? "" : "?pageSize=500&pageToken=" + token.asString();
		}
		assertThat(listed).isEqualTo(newestFirst);
		assertThat(pages).isEqualTo(4);
	}

	@Test
	void runThatIsTooHeavyForAPageHasOneOfItsOwn() {
		String heavy = started(heavy());
		this.jdbc.sql("update run_input set weight = 9000000").update();
		String light = started(NewRuns.any());
		assertThat(Listed.ids(this.list.page(""))).containsExactly(light);
		assertThat(Listed.ids(this.list.page("?pageToken=" + this.list.page("").path("nextPageToken").asString())))
			.containsExactly(heavy);
	}

	/** A run that is shown as 1 MB, most of it destinations. */
	private static NewRun heavy() {
		ArrayNode distributions = JsonMapper.shared().createArrayNode();
		for (int region = 0; region < 6; region++) {
			ArrayNode targets = distributions.addObject()
				.put("region", "eu-west-" + region)
				.putObject("amiDistributionConfiguration")
				.putArray("targetAccountIds");
			IntStream.range(0, 1_500).forEach((i) -> targets.add("%012d".formatted(i)));
		}
		return NewRuns.with(distributions, Map.of());
	}

	@Test
	void listThatIsNotAcceptableIs406() {
		problem(this.http.get("/v1/runs", "Accept", "text/html"), ProblemType.NOT_ACCEPTABLE);
		assertThat(header(this.http.send("OPTIONS", "/v1/runs", ""), "Allow")).contains("GET", "HEAD", "POST");
	}

	private String started(NewRun asked) {
		return ((StartResult.Started) this.starts.start(asked, NewRuns.ANYBODY, null)).run().id().toString();
	}

	private static NewRun labelled(Map<String, String> labels) {
		NewRun any = NewRuns.any();
		return new NewRunBuilder(any).labels(labels).deadline(Duration.ofHours(1)).build();
	}

	private String ended(String status) {
		String id = started(NewRuns.any());
		this.jdbc.sql("""
				with listed as (
				  insert into run_term (term, number)
				  select 'imageBuildVersionArn=' || :arn, number from run where id = :id
				)
				update run set status = cast(:status as run_status), step = 'getImage',
				  distribution_configuration_arn = 'arn:d', image_build_version_arn = :arn,
				  final_status = 'AVAILABLE', next_attempt_at = null, finished_at = now(), image_status = 'AVAILABLE'
				where id = :id""")
			.param("status", status)
			.param("arn", "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/7")
			.param("id", UUID.fromString(id))
			.update();
		return id;
	}

}
