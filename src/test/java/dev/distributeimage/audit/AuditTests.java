package dev.distributeimage.audit;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.api.ApiTest;
import dev.distributeimage.api.Client;
import dev.distributeimage.api.Http;
import dev.distributeimage.api.Requests;
import dev.distributeimage.provider.ProviderKeys;
import dev.distributeimage.provider.SecuredTest;
import dev.distributeimage.provider.Tokens;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what is recorded of callers who sign in, in the log and in the table. */
@ApiTest
@ExtendWith(OutputCaptureExtension.class)
@TestPropertySource(properties = Requests.POLICY)
class AuditTests implements SecuredTest {

	private static final Map<String, String> CALLER = Map.of("issuer", "default", "subject", "web", "caller", "default",
			"owner", "web", "clientId", "pipeline", "tokenId", "token-1", "address", "127.0.0.1");

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private AuditTrail trail;

	private AuditedLog log;

	private Http http;

	private Client web;

	@BeforeEach
	void setUp(@LocalServerPort int port) {
		TestPostgres.empty(this.jdbc);
		this.log = new AuditedLog();
		this.http = new Http(port);
		this.web = client((claims) -> {
		});
	}

	@AfterEach
	void close() {
		this.log.close();
	}

	private Client client(Consumer<JWTClaimsSet.Builder> change) {
		return new Client(this.http, TOKENS.with((claims) -> {
			claims.claim("azp", "pipeline").jwtID("token-1");
			change.accept(claims);
		}));
	}

	/** The only record, which is the same in the log and in the table. */
	private Map<String, String> recorded() {
		this.trail.store();
		List<JsonNode> lines = this.log.events();
		assertThat(lines).hasSize(1);
		Map<String, String> line = members(lines.get(0));
		assertThat(line.remove("at")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z");
		assertThat(table()).containsExactly(line);
		return line;
	}

	private List<Map<String, String>> table() {
		return this.jdbc.sql("""
				select cast(jsonb_strip_nulls(to_jsonb(audit_event) - 'number' - 'at') as text) from audit_event
				order by at, number""")
			.query(String.class)
			.list()
			.stream()
			.map((row) -> members(JsonMapper.shared().readTree(row)))
			.toList();
	}

	private static Map<String, String> members(JsonNode json) {
		Map<String, String> members = new TreeMap<>();
		json.properties().forEach((member) -> members.put(camelCase(member.getKey()), text(member.getValue())));
		return members;
	}

	private static String camelCase(String column) {
		StringBuilder name = new StringBuilder();
		for (String part : column.split("_", -1)) {
			name.append(name.isEmpty() ? part : part.substring(0, 1).toUpperCase(Locale.ROOT) + part.substring(1));
		}
		return name.toString();
	}

	private static String text(JsonNode value) {
		return value.isValueNode() ? value.asString() : value.toString();
	}

	@Test
	void startHasAllMembers() throws Exception {
		HttpResponse<String> started = this.web.post("/v1/runs", Requests.withoutToken(), "X-Request-Id", "r-1");
		JsonNode run = JsonMapper.shared().readTree(started.body());
		assertThat(recorded()).containsAllEntriesOf(CALLER)
			.containsAllEntriesOf(Map.of("event", "run.start", "outcome", "allowed", "requestId", "r-1", "run",
					run.path("id").asString(), "status", "202", "account", "123456789012", "region", "eu-west-1"))
			.containsAllEntriesOf(Map.of("recipe", "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/1.0.0",
					"distributionName", "web", "regions", "[\"eu-west-1\"]", "sharedWith", "1", "public", "false",
					"inputsSha256", sha256OfSorted(run.path("inputs"))))
			.hasSize(CALLER.size() + 13);
		assertThat(table(String.class, "select cast(count(*) as text) from audit_event join run_input on run_id = run "
				+ "and at = created_at"))
			.isEqualTo("1");
	}

	private <T> T table(Class<T> type, String query) {
		return this.jdbc.sql(query).query(type).single();
	}

	/**
	 * The output of {@code jq --sort-keys --compact-output | sha256sum} for shown inputs.
	 */
	private static String sha256OfSorted(JsonNode inputs) throws Exception {
		((ObjectNode) inputs).remove("clientToken");
		return HexFormat.of()
			.formatHex(MessageDigest.getInstance("SHA-256").digest(sorted(inputs).getBytes(StandardCharsets.UTF_8)));
	}

	private static String sorted(JsonNode node) {
		if (node.isArray()) {
			return "[" + String.join(",", node.valueStream().map(AuditTests::sorted).toList()) + "]";
		}
		if (!node.isObject()) {
			return node.toString();
		}
		return "{" + String.join(",",
				node.propertyStream()
					.sorted(Map.Entry.comparingByKey())
					.map((member) -> "\"" + member.getKey() + "\":" + sorted(member.getValue()))
					.toList())
				+ "}";
	}

	@Test
	void checkOfAStartIsRecordedWithoutARun() {
		assertThat(this.web.post("/v1/runs?validateOnly=true", Requests.withoutToken()).statusCode()).isEqualTo(200);
		assertThat(recorded()).containsAllEntriesOf(CALLER)
			.containsAllEntriesOf(Map.of("event", "run.validate", "outcome", "allowed", "status", "200", "regions",
					"[\"eu-west-1\"]"))
			.doesNotContainKey("run");
	}

	@Test
	void cancelIsRecordedOnceHoweverOftenItIsAskedFor() {
		String path = started();
		for (int i = 0; i < 3; i++) {
			assertThat(this.web.post(path + "/cancel", "", "X-Request-Id", "c-" + i).statusCode()).isEqualTo(202);
		}
		assertThat(recorded()).containsAllEntriesOf(CALLER)
			.containsAllEntriesOf(Map.of("event", "run.cancel", "outcome", "allowed", "requestId", "c-0", "run",
					path.substring(9), "status", "202"))
			.hasSize(CALLER.size() + 5);
	}

	@Test
	void retryIsRecordedAndSoIsItsCheck() {
		String path = started();
		ended("FAILED", "");
		assertThat(this.web.post(path + "/retry?validateOnly=true", "").statusCode()).isEqualTo(200);
		assertThat(recorded()).containsEntry("event", "run.validate").containsEntry("run", path.substring(9));
		forget();
		assertThat(this.web.post(path + "/retry", "", "X-Request-Id", "y").statusCode()).isEqualTo(202);
		assertThat(this.web.post(path + "/retry", "").statusCode()).isEqualTo(409);
		assertThat(recorded()).containsAllEntriesOf(CALLER)
			.containsAllEntriesOf(Map.of("event", "run.retry", "outcome", "allowed", "requestId", "y", "run",
					path.substring(9), "status", "202"));
	}

	@Test
	void cancelOfARunThatTimedOutIsRecorded() {
		String path = started();
		ended("TIMED_OUT", """
				, step = 'getImage', distribution_configuration_arn = 'd', image_build_version_arn = 'i',
				image_status = 'BUILDING'""");
		assertThat(this.web.post(path + "/cancel", "").statusCode()).isEqualTo(202);
		assertThat(recorded()).containsEntry("event", "run.cancel").containsEntry("run", path.substring(9));
	}

	private void ended(String status, String more) {
		this.jdbc
			.sql("update run set status = '%s', next_attempt_at = null, finished_at = engine_now() %s".formatted(status,
					more))
			.update();
	}

	@Test
	void repeatedStartIsNotRecordedAgain() {
		String request = Requests.everything().put("clientToken", "again").toString();
		Client allowed = this.web;
		String body = Requests.withoutToken().replaceFirst("\\{", "{ \"clientToken\": \"again\",");
		assertThat(allowed.post("/v1/runs", body).statusCode()).isEqualTo(202);
		assertThat(allowed.post("/v1/runs", body).statusCode()).isEqualTo(200);
		assertThat(recorded()).containsEntry("event", "run.start");
		forget();
		assertThat(allowed.post("/v1/runs", request).statusCode()).isEqualTo(403);
		assertThat(recorded()).containsEntry("event", "authorization.refused");
	}

	@Test
	void tokenThatAnotherOwnerHasTakenShows() {
		String body = Requests.withoutToken().replaceFirst("\\{", "{ \"clientToken\": \"mine\",");
		String path = Http.header(this.web.post("/v1/runs", body), "Location");
		forget();
		Client other = client((claims) -> claims.subject("other"));
		assertThat(other.post("/v1/runs", body).statusCode()).isEqualTo(409);
		assertThat(recorded()).containsAllEntriesOf(Map.of("event", "authorization.refused", "rule", "client-token",
				"subject", "other", "run", path.substring(9), "status", "409"));
	}

	@Test
	void whatThePolicyRefusesIsRecordedWithWhatWasAskedFor() {
		String request = Requests.withoutToken()
			.replace("\"targetAccountIds\": [\"111111111111\"]",
					"\"launchPermission\": { \"userGroups\": [\"all\"], \"userIds\": [\"222222222222\", \"123456789012\"] }");
		assertThat(this.web.post("/v1/runs", request).statusCode()).isEqualTo(403);
		assertThat(recorded()).containsAllEntriesOf(CALLER)
			.containsAllEntriesOf(Map.of("event", "authorization.refused", "outcome", "refused", "status", "403",
					"distributionName", "web", "sharedWith", "1", "public", "true"))
			.hasEntrySatisfying("rule",
					(rule) -> assertThat(rule).contains("default.share.public").contains("default.share.accounts"));
	}

	@Test
	void missingScopeIsRecorded() {
		Client reader = client((claims) -> claims.claim("scope", "runs:read"));
		String run = "/v1/runs/" + UUID.randomUUID();
		assertThat(reader.post(run + "/cancel", "").statusCode()).isEqualTo(403);
		assertThat(recorded()).containsAllEntriesOf(CALLER)
			.containsAllEntriesOf(Map.of("event", "authorization.refused", "rule", "scope", "run", run.substring(9),
					"status", "403"));
	}

	@Test
	void anothersRunIsRecorded() {
		String path = started();
		Client other = client((claims) -> claims.subject("other").claim("scope", "runs:write"));
		assertThat(other.post(path + "/cancel", "").statusCode()).isEqualTo(403);
		assertThat(recorded()).containsAllEntriesOf(Map.of("event", "authorization.refused", "rule", "owner", "subject",
				"other", "run", path.substring(9)));
	}

	@Test
	void refusedSignInsSayWhatIsWrongAndNothingThatATokenSays() {
		awaitTheNextSecond();
		Map<String, String> tokens = Map.of("exp",
				TOKENS.with((claims) -> claims.expirationTime(Tokens.in(Duration.ofHours(-1)))
					.issueTime(Tokens.in(Duration.ofHours(-2)))),
				"aud", TOKENS.with((claims) -> claims.audience("planted-audience")), "key",
				TOKENS.withKey(ProviderKeys.rsa(), "planted-key"), "iss",
				TOKENS.with((claims) -> claims.issuer("https://planted.example")), "jwt", "planted-token");
		tokens.forEach((rule, token) -> {
			forget();
			assertThat(new Client(this.http, token).get("/v1/runs").statusCode()).as(rule).isEqualTo(401);
			assertThat(recorded())
				.containsAllEntriesOf(Map.of("event", "authentication.refused", "outcome", "refused", "rule", rule,
						"address", "127.0.0.1", "status", "401"))
				.containsOnlyKeys("event", "outcome", "rule", "address", "requestId", "status");
		});
	}

	// The log has ten lines a second for strangers, whichever test they are of.
	private static void awaitTheNextSecond() {
		long second = second();
		Awaitility.await().pollInterval(Duration.ofMillis(10)).until(() -> second() > second);
	}

	private static long second() {
		return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
	}

	@Test
	void requestWithTwoTokensIsRecorded() {
		assertThat(this.http.get("/v1/runs", "Authorization", "Bearer a", "Authorization", "Bearer b").statusCode())
			.isEqualTo(400);
		assertThat(recorded()).containsEntry("event", "authentication.refused").containsEntry("rule", "two-tokens");
	}

	@Test
	void requestWithoutATokenIsRecordedOnceByAnyMethod() {
		awaitTheNextSecond();
		for (String method : Set.of("GET", "HEAD", "POST", "OPTIONS")) {
			forget();
			assertThat(this.http.send(method, "/v1/runs", "").statusCode()).isEqualTo(401);
			assertThat(recorded()).containsEntry("event", "authentication.refused").containsEntry("rule", "no-token");
		}
	}

	@Test
	void otherErrorsAndReadsAreNot() {
		assertThat(this.web.get("/v1/runs").statusCode()).isEqualTo(200);
		assertThat(this.web.get("/nowhere").statusCode()).isEqualTo(404);
		assertThat(this.web.post("/v1/runs", "{}").statusCode()).isEqualTo(400);
		assertThat(this.web.post("/v1/runs/" + UUID.randomUUID() + "/cancel", "").statusCode()).isEqualTo(404);
		this.trail.store();
		assertThat(this.log.events()).isEmpty();
		assertThat(table()).isEmpty();
	}

	@Test
	void secretsAreNowhere(CapturedOutput output) {
		String token = TOKENS.with((claims) -> claims.claim("note", "planted-claim"));
		String body = Requests.withoutToken().replace("\"team\": \"platform\"", "\"team\": \"planted-label\"");
		Client planted = new Client(this.http, token);
		assertThat(
				planted.post("/v1/runs", body, "X-Planted", "planted-header", "Cookie", "planted-cookie").statusCode())
			.isEqualTo(202);
		assertThat(planted.post("/v1/runs", "{ \"planted-member\": 1 }").statusCode()).isEqualTo(400);
		assertThat(planted.post("/v1/runs", body.replace("111111111111", "999999999999")).statusCode()).isEqualTo(403);
		assertThat(this.http.get("/v1/runs?planted-query", "Authorization", "Basic planted-basic").statusCode())
			.isEqualTo(401);
		assertThat(new Client(this.http, token + "x").get("/v1/runs").statusCode()).isEqualTo(401);
		this.trail.store();
		assertThat(table()).hasSize(4);
		String[] secrets = { "planted", "999999999999", token.substring(0, token.indexOf('.', 40)),
				token.substring(token.lastIndexOf('.')) };
		assertThat(table().toString()).doesNotContain(secrets);
		assertThat(this.log.events().toString()).doesNotContain(secrets);
		assertThat(output.getAll()).doesNotContain(secrets);
	}

	@Test
	void controlCharactersOfATokenAreStoredAndLoggedEncoded(CapturedOutput output) {
		String hostile = "\r\n\u001b[2J\u0007\b\u007f\u009b\u0085\u2028\u2029\u202e\u2066\u0000\ud800forged";
		Client client = client(
				(claims) -> claims.subject("a\u2028\u202eb").claim("azp", "c" + hostile).jwtID("t" + hostile));
		assertThat(client.post("/v1/runs", Requests.withoutToken()).statusCode()).isEqualTo(202);
		assertThat(client((claims) -> claims.claim("azp", hostile).claim("scope", "")).get("/v1/runs").statusCode())
			.isEqualTo(403);
		this.trail.store();
		assertThat(table()).hasSize(2);
		assertThat(table().get(0)).containsEntry("subject", "a\u2028\u202eb")
			.hasEntrySatisfying("clientId", (id) -> assertThat(id).startsWith("c\r\n\u001b").endsWith("??forged"));
		List<String> lines = output.getAll().lines().filter((line) -> line.startsWith("{\"at\":")).toList();
		assertThat(lines).hasSize(2);
		assertThat(lines.toString()).doesNotContainPattern("[\\p{Cc}\\p{Cf}\\u2028\\u2029]");
		assertThat(lines.stream().map((line) -> JsonMapper.shared().readTree(line)).toList())
			.isEqualTo(this.log.events());
	}

	private String started() {
		String path = this.web.start(Requests.withoutToken());
		forget();
		return path;
	}

	private void forget() {
		this.trail.store();
		this.jdbc.sql("truncate audit_event").update();
		this.log.clear();
	}

}
