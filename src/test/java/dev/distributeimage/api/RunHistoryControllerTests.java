package dev.distributeimage.api;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

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
class RunHistoryControllerTests {

	private static final String STREAM = "text/event-stream";

	@Autowired
	private JdbcClient jdbc;

	private Http http;

	private String run;

	private String path;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		this.http = new Http(port);
		this.run = header(this.http.post("/v1/runs", Requests.withoutToken()), "Location");
		this.path = this.run + "/events";
	}

	@Test
	void historyBeginsWithRunAndStep() {
		HttpResponse<String> response = this.http.get(this.path);
		String createdAt = json(this.http.get(this.run)).path("createdAt").asString();
		assertThat(header(response, "Content-Type")).isEqualTo("application/json");
		assertThat(response.body()).isEqualTo("""
				{"items":[{"sequence":1,"at":"%1$s","type":"ACCEPTED","by":null,\
				"step":"createDistributionConfiguration"},{"sequence":2,"at":"%1$s","type":"STEP_BEGUN","by":null,\
				"step":"createDistributionConfiguration"}],"nextPageToken":null}""".formatted(createdAt));
	}

	@Test
	void detailsAreMembersOfTheirEvent() {
		happened(3, "CALL_FAILED", "{ \"operation\": \"CreateImage\", \"code\": null, \"failedCalls\": 2 }");
		JsonNode event = json(this.http.get(this.path)).at("/items/2");
		assertThat(event.path("operation").asString()).isEqualTo("CreateImage");
		assertThat(event.path("failedCalls").asInt()).isEqualTo(2);
		assertThat(event.propertyNames()).startsWith("sequence", "at", "type", "by", "step").hasSizeBetween(7, 8);
	}

	@Test
	void pagesFollowEachOther() {
		JsonNode first = json(this.http.get(this.path + "?pageSize=1"));
		String token = first.path("nextPageToken").asString();
		JsonNode second = json(this.http.get(this.path + "?pageSize=1&pageToken=" + token));
		assertThat(second.at("/items/0/sequence").asInt()).isEqualTo(2);
		assertThat(second.path("nextPageToken").isNull()).isTrue();
		String other = header(this.http.post("/v1/runs", Requests.withoutToken()), "Location");
		problem(this.http.get(other + "/events?pageToken=" + token), ProblemType.INVALID_PAGE_TOKEN);
		problem(this.http.get("/v1/runs?pageToken=" + token), ProblemType.INVALID_PAGE_TOKEN);
	}

	@ParameterizedTest
	@ValueSource(strings = { "application/json", STREAM })
	void historyOfUnknownRunIs404(String accept) {
		problem(this.http.get("/v1/runs/" + UUID.randomUUID() + "/events", "Accept", accept), ProblemType.NOT_FOUND);
		problem(this.http.get("/v1/runs/x/events", "Accept", accept), ProblemType.NOT_FOUND);
	}

	@ParameterizedTest
	@CsvSource({ "x=1, application/json, x", "pageSize=0, application/json, pageSize", "status=RUNNING, */*, status",
			"pageSize=1, text/event-stream, pageSize" })
	void badParameterIs400(String query, String accept, String parameter) {
		JsonNode problem = problem(this.http.get(this.path + "?" + query, "Accept", accept),
				ProblemType.INVALID_REQUEST);
		assertThat(problem.at("/errors/0/parameter").asString()).isEqualTo(parameter);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			application/json                                 | application/json
			*/*                                              | application/json
			application/*, text/event-stream;q=0.9           | application/json
			text/event-stream;q=0.1, application/json;q=0.2  | application/json
			text/event-stream;q=0, */*                       | application/json
			text/event-stream                                | text/event-stream
			text/*                                           | text/event-stream
			text/event-stream, */*                           | text/event-stream
			text/event-stream;q=0.2, application/json;q=0.1  | text/event-stream
			application/json;q=0, */*                        | text/event-stream""")
	void acceptDecides(String accept, String contentType) {
		ended(3);
		HttpResponse<String> response = this.http.get(this.path, "Accept", accept);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(header(response, "Content-Type")).isEqualTo(contentType);
	}

	@ParameterizedTest
	@ValueSource(strings = { "text/html", "application/json;q=0, text/event-stream;q=0, */*", "text/event-stream;q=0" })
	void otherAcceptIs406(String accept) {
		problem(this.http.get(this.path, "Accept", accept), ProblemType.NOT_ACCEPTABLE);
	}

	@Test
	void streamOfEndedRunHoldsItsHistoryAndEnds() {
		ended(3);
		JsonNode items = json(this.http.get(this.path)).path("items");
		StringBuilder stream = new StringBuilder();
		items.forEach((item) -> stream.append("id: %d\nevent: %s\ndata: %s\n\n".formatted(item.path("sequence").asInt(),
				item.path("type").asString(), item)));
		HttpResponse<String> response = this.http.get(this.path, "Accept", STREAM);
		assertThat(response.body()).isEqualTo(stream.toString());
		assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
	}

	@Test
	void streamGoesOnUntilRunHasEnded() {
		Iterator<String> lines = stream();
		assertThat(events(lines, 2)).containsExactly(1, 2);
		happened(3, "STEP_ENDED", "{}");
		assertThat(events(lines, 1)).containsExactly(3);
		ended(4);
		assertThat(events(lines, 1)).containsExactly(4);
		lines.forEachRemaining((line) -> assertThat(line).doesNotContain("id"));
	}

	@Test
	void streamOfRunThatWasTakenUpAgainGoesOnBehindItsFirstEnd() {
		ended(3);
		happened(4, "RETRY_REQUESTED", "{}");
		this.jdbc.sql("update run set status = 'RUNNING', next_attempt_at = now(), finished_at = null where id = :id")
			.param("id", id())
			.update();
		Iterator<String> lines = stream();
		assertThat(events(lines, 4)).containsExactly(1, 2, 3, 4);
		ended(5);
		assertThat(events(lines, 1)).containsExactly(5);
		lines.forEachRemaining((line) -> assertThat(line).doesNotContain("id"));
	}

	@Test
	void streamGoesOnBehindLastEventId() {
		assertThat(events(stream("Last-Event-ID", "1"), 1)).containsExactly(2);
		Iterator<String> atItsEnd = stream("Last-Event-ID", "2");
		happened(3, "STEP_ENDED", "{}");
		assertThat(events(atItsEnd, 1)).containsExactly(3);
	}

	@Test
	void longHistoryIsStreamedToItsEnd() {
		this.jdbc.sql("""
				insert into run_event (number, sequence, at, type, step, detail)
				select number, n, now(), 'CALL_FAILED', 'createImage', jsonb_build_object('message', repeat('ä', 2000))
				from run, generate_series(3, 1500) n where id = :id""").param("id", id()).update();
		ended(1501);
		HttpResponse<String> response = this.http.get(this.path, "Accept", STREAM);
		assertThat(response.body().lines().filter((line) -> line.startsWith("id: "))).hasSize(1501);
		assertThat(response.body()).endsWith("\n\n").contains("id: 1501\nevent: ENDED\n");
	}

	@Test
	void reconnectAfterTheLastEventIs204() {
		ended(3);
		HttpResponse<String> response = this.http.get(this.path, "Accept", STREAM, "Last-Event-ID", "3");
		assertThat(response.statusCode()).isEqualTo(204);
		assertThat(response.body()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "x", "-1", "3", "1.0", "99999999999999999999" })
	void otherLastEventIdIs400(String id) {
		problem(this.http.get(this.path, "Accept", STREAM, "Last-Event-ID", id), ProblemType.INVALID_REQUEST);
	}

	@Test
	void streamHasHeartbeats() {
		Iterator<String> lines = stream("Last-Event-ID", "2");
		assertThat(lines.next()).isEqualTo(":");
		assertThat(lines.next()).isEmpty();
	}

	@Test
	void headOfStreamEnds() {
		HttpResponse<String> head = this.http.send("HEAD", this.path, "", "Accept", STREAM);
		assertThat(head.statusCode()).isEqualTo(200);
		assertThat(header(head, "Content-Type")).isEqualTo(STREAM);
		assertThat(header(this.http.send("OPTIONS", this.path, ""), "Allow")).isEqualTo("GET,HEAD,OPTIONS");
	}

	@Test
	void thousandStreamsHoldNoThread() {
		// Of other tests' services, too.
		int before = workers();
		List<CompletableFuture<HttpResponse<Stream<String>>>> streams = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			// As many as are let in at once.
			for (int j = 0; j < 10; j++) {
				streams.add(this.http.lines(this.path, "Accept", STREAM, "Last-Event-ID", "2"));
			}
			streams.forEach(CompletableFuture::join);
		}
		assertThat(workers() - before).isLessThan(250);
		ended(3);
		assertThat(streams)
			.allSatisfy((stream) -> assertThat(stream.join().body().filter((line) -> line.startsWith("id: ")))
				.containsExactly("id: 3"));
	}

	private static int workers() {
		return (int) Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().contains("-exec-"))
			.count();
	}

	private Iterator<String> stream(String... headers) {
		String[] all = Stream.concat(Stream.of("Accept", STREAM), Stream.of(headers)).toArray(String[]::new);
		HttpResponse<Stream<String>> response = this.http.lines(this.path, all).join();
		assertThat(response.statusCode()).isEqualTo(200);
		return response.body().iterator();
	}

	private static List<Integer> events(Iterator<String> lines, int count) {
		List<Integer> sequences = new ArrayList<>();
		while (sequences.size() < count) {
			String line = lines.next();
			if (line.startsWith("data: ")) {
				sequences.add(JsonMapper.shared().readTree(line.substring(6)).path("sequence").asInt());
			}
		}
		return sequences;
	}

	private void ended(long sequence) {
		happened(sequence, "ENDED", "{ \"status\": \"FAILED\" }");
		this.jdbc.sql("update run set status = 'FAILED', next_attempt_at = null, finished_at = now() where id = :id")
			.param("id", id())
			.update();
	}

	private void happened(long sequence, String type, String detail) {
		this.jdbc.sql("""
				with happened as (
				  insert into run_event (number, sequence, at, type, step, detail)
				  select number, :sequence, now(), cast(:type as event_type), 'createDistributionConfiguration',
				    cast(:detail as jsonb)
				  from run where id = :id
				)
				update run set last_event = :sequence where id = :id""")
			.param("id", id())
			.param("sequence", sequence)
			.param("type", type)
			.param("detail", detail)
			.update();
	}

	private UUID id() {
		return UUID.fromString(this.run.substring("/v1/runs/".length()));
	}

}
