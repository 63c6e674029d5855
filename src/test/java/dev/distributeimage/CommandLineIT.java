package dev.distributeimage;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.simulator.SimulatorSettings;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Tests the command line against the jar, in each shell that is there. */
class CommandLineIT {

	private static final Path PROGRAM = Path.of("bin", "distribute-image").toAbsolutePath();

	private static final Simulator SIMULATOR = Simulator
		.start(SimulatorSettings.defaults().withPace(Duration.ofMillis(200)));

	private static ServiceProcess service;

	private final String name = "cli-" + UUID.randomUUID();

	private final Map<String, String> environment = new HashMap<>();

	private final Path directory;

	CommandLineIT(@TempDir Path directory) {
		this.directory = directory;
	}

	@BeforeAll
	static void start() {
		SIMULATOR.imagesOf("never-ends", Ending.stuckIn("DISTRIBUTING").onRetry(Ending.stuckIn("DISTRIBUTING")));
		// Runs that bring no deadline end soon.
		service = ServiceProcess.start(new TestPostgres().newDatabase(), SIMULATOR.endpoint(),
				"--distribute-image.image.poll-every=200ms", "--distribute-image.run.deadline=10s");
	}

	@AfterAll
	static void stop() {
		service.close();
		SIMULATOR.close();
	}

	private record Result(int exit, String output, String error) {

		JsonNode json() {
			return JsonMapper.shared().readTree(this.output);
		}

	}

	@ParameterizedTest
	@ValueSource(strings = { "sh", "dash", "bash", "busybox sh" })
	void everyCommandInEveryShell(String shell) throws Exception {
		assumeThat(Programs.isInstalled(shell.split(" ", -1)[0])).as("Skipped: there is no " + shell).isTrue();
		Result started = in(shell, "start", "-f", request("web"), "--label", "team:web", "--label=a:b:c");
		assertThat(started.exit()).as(started.error()).isZero();
		assertThat(started.json().path("labels").toString()).isEqualTo("{\"a:b\":\"c\",\"team\":\"web\"}");
		assertThat(started.json().at("/inputs/clientToken").stringValue()).startsWith("cli-");
		String run = started.json().path("id").stringValue();
		assertThat(in(shell, "events", run, "--follow").output().lines()).last().asString().contains("\"ENDED\"");
		Result waited = in(shell, "wait", "/v1/runs/" + run, "--timeout", "1m");
		assertThat(waited.exit()).isZero();
		assertThat(in(shell, "get", run).json()).isEqualTo(waited.json());
		assertThat(in(shell, "list", "distributionName=" + this.name, "label=a:b:c").output().lines()).singleElement()
			.asString()
			.contains(run);
		assertThat(in(shell, "amis", run).output()).matches("eu-west-1 123456789012 ami-[0-9a-f]+\n");
		assertThat(in(shell, "events", run).output().lines()).first().asString().contains("\"ACCEPTED\"");
		assertThat(in(shell, "cancel", run).error()).contains("409", "SUCCEEDED");
		assertThat(in(shell, "retry", run, "--plan").exit()).isEqualTo(5);
		assertThat(in(shell, "leftovers", "kind=ami", "accountId=210987654321")).isEqualTo(new Result(0, "", ""));
		assertThat(in(shell, "leftovers", "remove", run, "--plan").error()).contains("404 ");
	}

	@ParameterizedTest
	@CsvSource({ "web, 0, SUCCEEDED", "fail-build, 2, FAILED" })
	void statusOfTheRunIsTheExitStatus(String recipe, int exit, String status) throws Exception {
		Result ended = command("start", "-f", request(recipe), "--wait", "--timeout=60s");
		assertThat(ended.exit()).as(ended.error()).isEqualTo(exit);
		assertThat(ended.json().path("status").stringValue()).isEqualTo(status);
		assertThat(ended.error()).contains(" RUNNING createDistributionConfiguration\n", status + " getImage ");
		assertThat(ended.error()).endsWith(ended.json().at("/image/reason").asString("AVAILABLE") + '\n');
	}

	@Test
	void runThatIsCancelledIs3() throws Exception {
		assertThat(command("start", "-f", request("cancelled"), "--wait").exit()).isEqualTo(3);
	}

	@Test
	void runThatTimesOutIs4() throws Exception {
		String request = Files.readString(Path.of(request("stuck"))).replace(", \"deadline\": \"PT10M\"", "");
		Result ended = command("start", "-f", written(request), "--wait");
		assertThat(ended.exit()).as(ended.error()).isEqualTo(4);
	}

	@Test
	void failureWithoutACodeIsNamedByItsCall() throws Exception {
		SIMULATOR.always(Operation.CREATE_IMAGE, Fault.html(502));
		try {
			String request = Files.readString(Path.of(request("web"))).replace(", \"deadline\": \"PT10M\"", "");
			assertThat(command("start", "-f", written(request), "--wait").error()).contains("\nCreateImage: ");
		}
		finally {
			SIMULATOR.clearFaults();
		}
	}

	@Test
	void runIsCancelledAndRetried() throws Exception {
		String run = command("start", "-f", request("never-ends")).json().path("id").stringValue();
		assertThat(command("wait", run, "--timeout", "1").exit()).isEqualTo(1);
		assertThat(command("cancel", run, "--wait").exit()).isEqualTo(3);
		Result plan = command("retry", run, "--plan");
		assertThat(plan.json().path("action").stringValue()).isIn("createImage", "retryImage", "getImage");
		assertThat(command("get", run).json().path("status").stringValue()).isEqualTo("CANCELLED");
		assertThat(command("retry", run).json().path("retries")).hasSize(1);
		assertThat(command("cancel", run).exit()).isZero();
	}

	@Test
	void leftoverIsListedAndRemoved() throws Exception {
		String run = command("start", "-f", request("fail-build"), "--wait").json().path("id").stringValue();
		Result listed = command("leftovers", "kind=distribution-configuration", "region=eu-west-1", "olderThan=PT0S");
		assertThat(listed.exit()).as(listed.error()).isZero();
		JsonNode leftover = listed.output()
			.lines()
			.map(JsonMapper.shared()::readTree)
			.filter((item) -> item.path("run").stringValue().equals(run))
			.findAny()
			.orElseThrow();
		String id = leftover.path("id").stringValue();
		Result plan = command("leftovers", "remove", "--plan", id);
		assertThat(plan.json().path("calls")).extracting((call) -> call.path("operation").stringValue())
			.containsExactly("GetDistributionConfiguration", "DeleteDistributionConfiguration");
		assertThat(command("leftovers", "remove", "/v1/leftovers/" + id).json().path("removal").isNull()).isFalse();
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(command("leftovers", "remove", id).json().path("removedAt").isNull()).isFalse());
		assertThat(command("leftovers", "olderThan=P1D").output()).isEmpty();
	}

	@Test
	void refusalIs5WithAllViolations() throws Exception {
		Result refused = command("start", "-f", written("{ \"lables\": {} }"));
		assertThat(refused.exit()).isEqualTo(5);
		assertThat(refused.output()).isEmpty();
		assertThat(refused.error()).contains("400 The request is not valid", "  /lables: Unknown member",
				"  /distributionName: ");
		assertThat(command("leftovers", "kind=x").error()).contains("  kind: Must be one of: ");
		assertThat(command("list", "nope=1").error()).contains("  nope: Unknown parameter. Known parameters: ");
		assertThat(command("get", UUID.randomUUID().toString()).exit()).isEqualTo(5);
		assertThat(command("start", "-f", written("{"), "--token", "x").error()).contains("The body is not JSON");
	}

	@Test
	void tokenMakesARepeatSafe() throws Exception {
		String token = "a \"quoted\\\" token " + this.name.substring(0, 20);
		Result first = command("start", "-f", request("web"), "--token", token);
		assertThat(first.json().at("/inputs/clientToken").stringValue()).isEqualTo(token);
		assertThat(command("start", "-f", request("web"), "--token", token).json().path("id"))
			.isEqualTo(first.json().path("id"));
		Result other = command("start", "-f", request("other"), "--token", token);
		assertThat(other.exit()).isEqualTo(5);
		assertThat(other.error()).contains("409 ", "/v1/runs/" + first.json().path("id").stringValue());
	}

	@Test
	void startWhoseAnswerIsLostStartsOneRun() throws Exception {
		try (Doorkeeper door = new Doorkeeper(service.uri("/"))) {
			door.expect(Doorkeeper.Mood.BUSY, Doorkeeper.Mood.FORGETFUL);
			Result started = through(door, "start", "-f", request("web"));
			assertThat(started.exit()).as(started.error()).isZero();
			assertThat(door.requests()).hasSize(3).containsOnly("POST /v1/runs");
			assertThat(door.header("Idempotency-Key").stream().distinct())
				.containsExactly('"' + started.json().at("/inputs/clientToken").stringValue() + '"');
			assertThat(command("list", "distributionName=" + this.name).output().lines()).hasSize(1);
		}
	}

	@Test
	void retryWhoseAnswerIsLostIsDone() throws Exception {
		String run = command("start", "-f", request("never-ends")).json().path("id").stringValue();
		assertThat(command("cancel", run, "--wait").exit()).isEqualTo(3);
		try (Doorkeeper door = new Doorkeeper(service.uri("/"))) {
			door.expect(Doorkeeper.Mood.FORGETFUL);
			Result retried = through(door, "retry", run);
			assertThat(retried.exit()).as(retried.error()).isZero();
			assertThat(retried.json().path("status").stringValue()).isEqualTo("RUNNING");
			assertThat(retried.json().path("retries")).hasSize(1);
			assertThat(through(door, "retry", run).exit()).isEqualTo(5);
		}
	}

	@Test
	void serviceThatIsAwayIs1() throws Exception {
		Doorkeeper closed = new Doorkeeper(service.uri("/"));
		closed.close();
		assertThat(through(closed, "list", "--retry-for", "1s").exit()).isEqualTo(1);
		try (Doorkeeper door = new Doorkeeper(service.uri("/"))) {
			door.expect(Doorkeeper.Mood.BUSY, Doorkeeper.Mood.BUSY, Doorkeeper.Mood.BUSY);
			Result busy = through(door, "list", "--retry-for=1s");
			assertThat(busy.exit()).isEqualTo(1);
			assertThat(busy.error()).contains("HTTP 503");
		}
	}

	@Test
	void bearerTokenIsSentAndSeenByNobodyElse() throws Exception {
		Path curl = Files.createDirectory(this.directory.resolve("bin")).resolve("curl");
		Files.writeString(curl, "#!/bin/sh\necho \"$@\" >> '%s'\nPATH=${PATH#*:}\nexec curl \"$@\"\n"
			.formatted(this.directory.resolve("arguments")));
		Files.setPosixFilePermissions(curl, PosixFilePermissions.fromString("rwx------"));
		this.environment.put("PATH", curl.getParent() + File.pathSeparator + System.getenv("PATH"));
		this.environment.put("DISTRIBUTE_IMAGE_TOKEN", "abc.DEF-123_~+/==");
		try (Doorkeeper door = new Doorkeeper(service.uri("/"))) {
			assertThat(through(door, "list").exit()).isZero();
			assertThat(through(door, "events", UUID.randomUUID().toString(), "--follow").exit()).isEqualTo(5);
			assertThat(door.header("Authorization")).containsOnly("Bearer abc.DEF-123_~+/==");
		}
		assertThat(Files.readString(this.directory.resolve("arguments"))).contains("/v1/runs")
			.doesNotContain("abc.DEF");
		this.environment.put("DISTRIBUTE_IMAGE_TOKEN", "abc\nurl = \"file:///etc/passwd\"");
		assertThat(command("list").exit()).isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "nope", "start", "start -f", "start -f /nope", "start -f x --label y", "get",
			"get a b", "get ../x", "list x", "wait 1 --timeout 08", "wait 1 --timeout x", "start -f x --timeout 1h",
			"cancel 1 --plan", "leftovers x", "leftovers remove", "leftovers remove ../x", "leftovers remove 1 2",
			"leftovers remove 1 --wait", "leftovers --plan" })
	void misuseIs1(String words) throws Exception {
		Result misused = command(words.isEmpty() ? new String[0] : words.split(" ", -1));
		assertThat(misused.exit()).isEqualTo(1);
		assertThat(misused.output()).isEmpty();
		assertThat(misused.error()).contains("distribute-image");
	}

	@Test
	void helpIsPrinted() throws Exception {
		assertThat(command("--help").output()).contains("Usage: distribute-image", "DISTRIBUTE_IMAGE_TOKEN");
	}

	@Test
	void shellcheckFindsNothing() throws Exception {
		assumeThat(Programs.isInstalled("shellcheck")).as("Skipped: there is no shellcheck").isTrue();
		Result checked = result("shellcheck", "--shell=sh", PROGRAM.toString());
		assertThat(checked.output()).isEmpty();
		assertThat(checked.exit()).isZero();
	}

	private String request(String recipe) throws IOException {
		return written(
				"""
						{ "distributionName": "%s", "distributions": [
						    { "region": "eu-west-1", "amiDistributionConfiguration": { "name": "{{ imagebuilder:buildDate }}" } } ],
						  "imageRecipeArn": "arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/%s/1.0.0",
						  "infrastructureConfigurationArn":
						    "arn:aws:imagebuilder:eu-west-1:123456789012:infrastructure-configuration/web", "deadline": "PT10M" }
						"""
					.formatted(this.name, recipe));
	}

	private String written(String request) throws IOException {
		return Files.writeString(this.directory.resolve("request.json"), request).toString();
	}

	private Result command(String... words) throws Exception {
		return in("sh", words);
	}

	private Result in(String shell, String... words) throws Exception {
		this.environment.putIfAbsent("DISTRIBUTE_IMAGE_URL", service.uri("/").toString());
		return result(Stream.of(Stream.of(shell.split(" ", -1)), Stream.of(PROGRAM.toString()), Stream.of(words))
			.flatMap((part) -> part)
			.toArray(String[]::new));
	}

	private Result through(Doorkeeper door, String... words) throws Exception {
		URI before = URI.create(this.environment.getOrDefault("DISTRIBUTE_IMAGE_URL", service.uri("/").toString()));
		this.environment.put("DISTRIBUTE_IMAGE_URL", door.address().toString());
		try {
			return in("sh", words);
		}
		finally {
			this.environment.put("DISTRIBUTE_IMAGE_URL", before.toString());
		}
	}

	private Result result(String... command) throws IOException, InterruptedException {
		Path output = this.directory.resolve("output");
		Path error = this.directory.resolve("error");
		ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command))).redirectOutput(output.toFile())
			.redirectError(error.toFile());
		builder.environment().keySet().removeIf((variable) -> variable.startsWith("DISTRIBUTE_IMAGE_"));
		builder.environment().putAll(this.environment);
		builder.environment().put("TMPDIR", Files.createDirectories(this.directory.resolve("tmp")).toString());
		Process process = builder.start();
		process.getOutputStream().close();
		boolean ended = process.waitFor(2, TimeUnit.MINUTES);
		process.descendants().forEach(ProcessHandle::destroyForcibly);
		process.destroyForcibly();
		assertThat(ended).as("ends in time: " + Files.readString(error)).isTrue();
		assertThat(this.directory.resolve("tmp")).as("leaves nothing behind").isEmptyDirectory();
		return new Result(process.exitValue(), Files.readString(output), Files.readString(error));
	}

}
