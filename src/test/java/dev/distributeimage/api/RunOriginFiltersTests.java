package dev.distributeimage.api;

import java.util.UUID;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests the filters for names, callers, failures and AMIs. */
@ApiTest
class RunOriginFiltersTests {

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private RunStarts starts;

	private Listed list;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		TestPostgres.empty(this.jdbc);
		this.list = new Listed(new Http(port), "/v1/runs");
	}

	@Test
	void beginningOfTheNameFinds() {
		String web = started(NewRuns.named("web 1_a-B"));
		String other = started(NewRuns.named("web 1z"));
		started(NewRuns.named("Web 1_a"));
		assertThat(this.list.ids("distributionNamePrefix", "web 1")).containsExactly(other, web);
		assertThat(this.list.ids("distributionNamePrefix", "web 1_")).containsExactly(web);
		assertThat(this.list.ids("distributionNamePrefix", "web 1_a-B", "status", "RUNNING")).containsExactly(web);
		assertThat(this.list.ids("distributionNamePrefix", "web 1_a-B2")).isEmpty();
		assertThat(this.list.ids("distributionNamePrefix", "web", "distributionName", "web 1z")).containsExactly(other);
	}

	@Test
	void pagesGoOnWithTheSameBeginning() {
		String first = started(NewRuns.named("web-1"));
		started(NewRuns.named("api-1"));
		String last = started(NewRuns.named("web-2"));
		JsonNode page = this.list.page("?distributionNamePrefix=web&pageSize=1");
		assertThat(Listed.ids(page)).containsExactly(last);
		assertThat(this.list.ids("distributionNamePrefix", "web", "pageToken", page.path("nextPageToken").asString()))
			.containsExactly(first);
	}

	@Test
	void callerFinds() {
		started(NewRuns.any());
		String run = started(NewRuns.any());
		String caller = "github/web-release/repo:example/web:ref:refs/heads/main \u00fc";
		set(run, "run_input", "created_by = '%s'".formatted(caller));
		assertThat(this.list.ids("createdBy", caller)).containsExactly(run);
		assertThat(this.list.ids("createdBy", "github/web-release")).isEmpty();
	}

	@Test
	void failureFindsRunsThatItEndedOrThatWaitItOut() {
		String failure = "failure = '{ \"step\": \"createImage\", \"operation\": \"CreateImage\", \"code\": \"%s\", \"message\": \"m\" }'";
		String waiting = started(NewRuns.any());
		set(waiting, "run", failure.formatted("TooManyRequestsException"));
		String refused = started(NewRuns.any());
		set(refused, "run", "status = 'FAILED', next_attempt_at = null, finished_at = now(), "
				+ failure.formatted("AccessDeniedException"));
		assertThat(this.list.ids("failureCode", "TooManyRequestsException")).containsExactly(waiting);
		assertThat(this.list.ids("failureCode", "AccessDeniedException")).containsExactly(refused);
		assertThat(this.list.ids("failureCode", "AccessDeniedException", "status", "FAILED")).containsExactly(refused);
		assertThat(this.list.ids("failureCode", "AccessDeniedException", "status", "RUNNING")).isEmpty();
		assertThat(this.list.ids("failureCode", "AccessDenied")).isEmpty();
	}

	@Test
	void amiFindsTheRunThatMadeIt() {
		started(NewRuns.any());
		String run = started(NewRuns.any());
		this.jdbc.sql("insert into run_term (term, number) select 'image=ami-0e05', number from run where id = :id")
			.param("id", UUID.fromString(run))
			.update();
		assertThat(this.list.ids("image", "ami-0e05")).containsExactly(run);
		assertThat(this.list.ids("image", "ami-0e05", "region", "us-east-1")).containsExactly(run);
		assertThat(this.list.ids("image", "ami-0e0")).isEmpty();
	}

	private String started(NewRun asked) {
		return ((StartResult.Started) this.starts.start(asked, NewRuns.ANYBODY, null)).run().id().toString();
	}

	private void set(String run, String table, String values) {
		this.jdbc.sql("update %s set %s where %s = :id".formatted(table, values, table.equals("run") ? "id" : "run_id"))
			.param("id", UUID.fromString(run))
			.update();
	}

}
