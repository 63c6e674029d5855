package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;

import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.arazzo.Action;
import dev.distributeimage.arazzo.Exchange;
import dev.distributeimage.arazzo.Interpreter;
import dev.distributeimage.arazzo.Pause;
import dev.distributeimage.arazzo.Step;
import dev.distributeimage.arazzo.Wiretap;
import dev.distributeimage.arazzo.Workflow;
import dev.distributeimage.imagebuilder.ImageBuilders;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.WorkflowId;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.run.view.RunSnapshots;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.simulator.SimulatorSettings;
import dev.distributeimage.workflow.pace.ImageSettings;
import dev.distributeimage.workflow.pace.RetrySettings;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the service does what its Arazzo document specifies. Whole runs of the real
 * engine, through the real SDK client, are recorded on the wire. An interpreter of the
 * document is shown every answer, and must have named exactly the call that came next,
 * and its time.
 */
@DatabaseTest
@NullUnmarked
class ArazzoConformanceTests {

	private static final Workflow WORKFLOW = workflow(WorkflowId.DISTRIBUTE_IMAGE);

	private static final Workflow EXISTING = workflow(WorkflowId.DISTRIBUTE_EXISTING_IMAGE);

	/** The database counts in microseconds. */
	private static final Duration ROUNDING = Duration.ofNanos(1_000);

	private final RunSnapshots snapshots;

	private final Simulator simulator;

	private final Wiretap wire;

	private final Engine engine;

	@Autowired
	private ImageSettings imageSettings;

	@Autowired
	private RetrySettings retrySettings;

	ArazzoConformanceTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc,
			@Autowired RunSnapshots snapshots) {
		TestPostgres.empty(jdbc);
		VirtualTime time = new VirtualTime(jdbc);
		this.snapshots = snapshots;
		this.simulator = Simulator.start(SimulatorSettings.defaults().withClock(time).withPace(Duration.ofMinutes(1)));
		this.wire = new Wiretap(this.simulator.endpoint(), time);
		this.engine = new Engine(beans, time, ImageBuilders.at(this.wire.endpoint()), 42);
	}

	@AfterEach
	void close() {
		this.wire.close();
		this.simulator.close();
	}

	private static Workflow workflow(WorkflowId id) {
		return Workflow.read("/static/arazzo.yml", id.toString());
	}

	@ParameterizedTest
	@EnumSource
	void stepsAreTheDocuments(WorkflowId id) {
		List<StepId> steps = List.of(StepId.CREATE_DISTRIBUTION_CONFIGURATION, id.imageStep(), StepId.GET_IMAGE);
		assertThat(workflow(id).steps()).extracting(Step::stepId)
			.isEqualTo(steps.stream().map(StepId::toString).toList());
		assertThat(workflow(id).steps()).extracting(Step::operationId)
			.isEqualTo(steps.stream().map(StepId::operation).toList());
	}

	@Test
	void outputsAreExactlyThree() {
		assertThat(WORKFLOW.outputs().propertyNames()).containsExactly("distributionConfigurationArn",
				"imageBuildVersionArn", "finalStatus");
	}

	@Test
	void settingsAreTheDocuments() {
		Action poll = WORKFLOW.step("getImage").onFailure("imageInProgress");
		Step create = WORKFLOW.step("createImage");
		assertThat(this.imageSettings.pollEvery()).isEqualTo(poll.retryAfter()).isEqualTo(Engine.POLL_EVERY);
		assertThat(this.retrySettings.firstDelay()).isEqualTo(create.onFailure("retryUnavailable").retryAfter());
		assertThat(this.retrySettings.maxDelay()).isEqualTo(create.onFailure("retryOnceSomebodyHasActed").retryAfter())
			.isEqualTo(create.onFailure("retryUnavailable").pause(99).to());
	}

	@Test
	void pollsArePacedByRetryAfterLessATenthToTwiceThat() {
		Action poll = WORKFLOW.step("getImage").onFailure("imageInProgress");
		long seconds = poll.retryAfter().toSeconds();
		assertThat(poll.pause(1))
			.isEqualTo(new Pause(Duration.ofMillis(900 * seconds), Duration.ofMillis(2000 * seconds)));
	}

	@Test
	void retriesLastAsLongAsARun() {
		UUID id = this.engine.start(NewRuns.any());
		Stored run = this.engine.run(id);
		Duration deadline = Duration.between(run.createdAt(), run.deadline());
		assertThat(WORKFLOW.steps()).allSatisfy((step) -> assertThat(step.onFailure())
			.filteredOn((action) -> action.node().has("retryAfter") && !action.name().equals("imageMissing"))
			.allSatisfy((action) -> assertThat(action.pause(99).to().multipliedBy(action.retryLimit()))
				.isGreaterThanOrEqualTo(deadline)));
	}

	@Test
	void tokenOfTheCallerGoesIntoBothCreates() {
		conforms(NewRuns.withToken("release-4711"));
	}

	@Test
	void existingImageIsDistributed() {
		assertThat(conforms(NewRuns.builder().ofSourceImage().token("again-4711").build()))
			.startsWith("imageInProgress")
			.endsWith("imageAvailable");
		assertThat(this.wire.exchanges())
			.allSatisfy((exchange) -> assertThat(EXISTING.api().violations(exchange)).isEmpty());
	}

	@Test
	void distributionOfAnExistingImageIsRepeatedAndRefusedLikeABuild() {
		this.simulator.onNext(2, Operation.DISTRIBUTE_IMAGE, Fault.error(429, "CallRateLimitExceededException"));
		this.simulator.onNext(Operation.DISTRIBUTE_IMAGE, Fault.error(500, "ServiceException").afterCommit());
		assertThat(conforms(NewRuns.builder().ofSourceImage().build())).startsWith("retryThrottled", "retryThrottled",
				"retryUnavailable", "imageInProgress");
		this.wire.forget();
		this.simulator.onNext(Operation.DISTRIBUTE_IMAGE, Fault.error(403, "AccessDeniedException"));
		assertThat(conforms(NewRuns.like(NewRuns.builder().ofSourceImage().build()))).containsExactly("refused");
	}

	@Test
	void existingImageFailsToBeDistributed() {
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "Not all distribution jobs are completed."));
		assertThat(conforms(NewRuns.builder().ofSourceImage().build())).endsWith("imageFailed");
	}

	@ParameterizedTest
	@CsvSource({ "AVAILABLE, imageAvailable", "DEPRECATED, imageAvailable", "DISABLED, imageAvailable",
			"DELETED, imageDeleted" })
	void imageThatTurned(String status, String end) {
		this.simulator.nextImage(Ending.turned(status));
		assertThat(conforms(NewRuns.any())).startsWith("imageInProgress").endsWith(end);
	}

	@Test
	void imageThatFailed() {
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "Not all distribution jobs are completed."));
		assertThat(conforms(NewRuns.any())).endsWith("imageFailed");
	}

	@Test
	void imageThatWasCancelled() {
		this.simulator.nextImage(Ending.cancelledAt("TESTING"));
		assertThat(conforms(NewRuns.any())).endsWith("imageCancelled");
	}

	@Test
	void imageThatIsGone() {
		this.simulator.nextImage(Ending.gone());
		assertThat(conforms(NewRuns.any())).endsWith("imageInProgress", "imageMissing", "imageMissing", "imageGone");
	}

	@Test
	void imageThatIsMissingForAWhile() {
		missing(2);
		this.simulator.onNext(Operation.GET_IMAGE, Fault.error(429, "CallRateLimitExceededException"));
		missing(2);
		this.simulator.onNext(Operation.GET_IMAGE, Fault.html(502));
		assertThat(conforms(NewRuns.any()))
			.startsWith("imageMissing", "imageMissing", "pollThrottled", "imageMissing", "imageMissing",
					"pollUnavailable", "imageInProgress")
			.endsWith("imageAvailable");
	}

	@Test
	void proxyInBetweenDoesNotBringAMissingImageBack() {
		missing(2);
		this.simulator.onNext(Operation.GET_IMAGE, Fault.html(404));
		missing(1);
		assertThat(conforms(NewRuns.any())).containsExactly("imageMissing", "imageMissing", "pollUnavailable",
				"imageGone");
	}

	@ParameterizedTest
	@ValueSource(strings = { "SIMULATING", "available", "AVAILABLE_SOON", "FAILED_SAFELY" })
	void imageWithAStatusThatIsNotKnown(String status) {
		this.simulator.nextImage(Ending.available().by("PENDING", status, "TESTING"));
		assertThat(conforms(NewRuns.any())).endsWith("imageInProgress", "imageAvailable");
	}

	@Test
	void imageWithoutAState() {
		this.simulator.onNext(Operation.GET_IMAGE, Fault.without("image.state"));
		assertThat(conforms(NewRuns.any())).startsWith("imageInProgress").endsWith("imageAvailable");
	}

	@Test
	void answerWithoutAnImage() {
		this.simulator.onNext(Operation.GET_IMAGE, Fault.without("image"));
		assertThat(conforms(NewRuns.any())).startsWith("pollUnavailable", "imageInProgress").endsWith("imageAvailable");
	}

	@Test
	void callsAreThoseOfTheApi() {
		conforms(NewRuns.any());
		assertThat(this.wire.exchanges()).hasSizeGreaterThan(3)
			.allSatisfy((exchange) -> assertThat(WORKFLOW.api().violations(exchange)).isEmpty());
	}

	@Test
	void imageThatNeverEnds() {
		this.simulator.nextImage(Ending.stuckIn("DISTRIBUTING"));
		NewRun asked = NewRuns.withDeadline(Duration.ofHours(1));
		UUID id = this.engine.start(asked);
		this.engine.runToTheEnd();
		Interpreter interpreter = replayed(asked, id);
		assertThat(interpreter.isAtEnd()).isFalse();
		assertThat(interpreter.actions()).containsOnly("imageInProgress");
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.TIMED_OUT);
	}

	@ParameterizedTest
	@EnumSource(names = { "CREATE_DISTRIBUTION_CONFIGURATION", "CREATE_IMAGE", "GET_IMAGE" })
	void throttledRun(Operation operation) {
		this.simulator.onNext(9, operation, Fault.error(429, "CallRateLimitExceededException"));
		String retried = (operation == Operation.GET_IMAGE) ? "pollThrottled" : "retryThrottled";
		assertThat(conforms(NewRuns.any())).startsWith(Collections.nCopies(9, retried).toArray(String[]::new))
			.endsWith("imageAvailable");
	}

	@ParameterizedTest
	@ValueSource(strings = { "5", "120", "86400" })
	void throttledRunThatIsToldHowLong(String seconds) {
		Fault throttled = Fault.error(429, "CallRateLimitExceededException").header("Retry-After", seconds);
		this.simulator.onNext(Operation.CREATE_IMAGE, throttled);
		this.simulator.onNext(Operation.GET_IMAGE, throttled);
		assertThat(conforms(NewRuns.any())).startsWith("retryThrottled", "pollThrottled");
	}

	@ParameterizedTest
	@EnumSource(names = { "CREATE_DISTRIBUTION_CONFIGURATION", "CREATE_IMAGE", "GET_IMAGE" })
	void refusedRun(Operation operation) {
		this.simulator.onNext(operation, Fault.error(400, "InvalidRequestException"));
		assertThat(conforms(NewRuns.any())).containsExactly("refused");
	}

	@Test
	void runRefusedAfterItsImageWasSeen() {
		NewRun asked = NewRuns.any();
		UUID id = this.engine.start(asked);
		this.engine.runFor(Duration.ofMinutes(2));
		this.simulator.onNext(Operation.GET_IMAGE, Fault.error(400, "ClientException"));
		assertThat(conforms(asked, id)).endsWith("imageInProgress", "refused");
	}

	@ParameterizedTest
	@CsvSource({ "400, ThrottlingException", "400, Throttling", "400, ThrottledException", "400, RequestThrottled",
			"400, RequestThrottledException", "400, EC2ThrottledException", "400, TooManyRequestsException",
			"400, RequestLimitExceeded", "400, BandwidthLimitExceeded", "400, ProvisionedThroughputExceededException",
			"400, SlowDown", "400, TransactionInProgressException", "400, CallRateLimitExceededException",
			"400, RequestAbortedException", "400, RequestTimeoutException", "408, RequestTimeout", "408, Odd",
			"429, Odd", "500, ServiceException", "500, InternalFailure", "503, ServiceUnavailableException",
			"402, ServiceQuotaExceededException", "400, ResourceInUseException", "403, ExpiredTokenException",
			"400, ExpiredToken", "403, RequestExpired", "403, RequestTimeTooSkewed", "403, InvalidSignatureException",
			"403, SignatureDoesNotMatch", "403, UnrecognizedClientException", "403, InvalidClientTokenId",
			"403, AccessDeniedException", "403, ForbiddenException", "403, OptInRequired", "400, ClientException",
			"400, InvalidRequestException", "400, InvalidParameterException", "400, ValidationError",
			"400, IdempotentParameterMismatchException", "400, ResourceAlreadyExistsException",
			"400, ResourceDependencyException", "403, IncompleteSignature", "404, UnknownOperationException",
			"404, ResourceNotFoundException", "412, DryRunOperationException", "413, RequestEntityTooLargeException" })
	void errorsOfAws(int status, String code) {
		this.simulator.pace(Duration.ofSeconds(5));
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(status, code));
		conforms(NewRuns.any());
		this.wire.forget();
		this.simulator.onNext(Operation.GET_IMAGE, Fault.error(status, code));
		conforms(NewRuns.any());
	}

	@ParameterizedTest
	@ValueSource(ints = { 301, 400, 403, 404, 407, 413, 500, 502 })
	void errorsOfAProxyInBetween(int status) {
		this.simulator.onNext(Operation.CREATE_DISTRIBUTION_CONFIGURATION, Fault.html(status));
		this.simulator.onNext(Operation.GET_IMAGE, Fault.html(status));
		assertThat(conforms(NewRuns.any())).startsWith("retryUnavailable", "pollUnavailable")
			.endsWith("imageAvailable");
	}

	@ParameterizedTest
	@EnumSource(names = { "CREATE_DISTRIBUTION_CONFIGURATION", "CREATE_IMAGE" })
	void createThatWasCarriedOutUnanswered(Operation operation) {
		this.simulator.onNext(operation, Fault.error(500, "ServiceException").afterCommit());
		this.simulator.onNext(operation, Fault.reset().afterCommit());
		this.simulator.onNext(operation, Fault.empty());
		this.simulator.onNext(operation, Fault.notJson());
		this.simulator.onNext(operation, Fault.without(output(operation)));
		this.simulator.onNext(operation, Fault.with(output(operation), "arn:aws:s3:::elsewhere"));
		assertThat(conforms(NewRuns.any()))
			.startsWith(Collections.nCopies(6, "retryUnavailable").toArray(String[]::new))
			.endsWith("imageAvailable");
		assertThat(this.simulator.builds()).isOne();
	}

	private static String output(Operation operation) {
		return (operation == Operation.CREATE_IMAGE) ? "imageBuildVersionArn" : "distributionConfigurationArn";
	}

	private void missing(int times) {
		this.simulator.onNext(times, Operation.GET_IMAGE, Fault.error(404, "ResourceNotFoundException"));
	}

	/** Carries out a run that must follow the document; returns the actions taken. */
	private List<String> conforms(NewRun asked) {
		return conforms(asked, this.engine.start(asked));
	}

	private List<String> conforms(NewRun asked, UUID id) {
		this.engine.runToTheEnd();
		Interpreter interpreter = replayed(asked, id);
		Stored run = this.engine.run(id);
		assertThat(interpreter.isAtEnd()).as("the document ends where the run does").isTrue();
		assertThat(run.status().name()).isEqualTo(interpreter.runStatus());
		assertThat(run.step()).hasToString(interpreter.step().stepId());
		assertThat(outputs(run)).isEqualTo(interpreter.outputs());
		assertStored(run, interpreter);
		return interpreter.actions();
	}

	/** Shows an interpreter every answer; each call must be the one it named. */
	private Interpreter replayed(NewRun asked, UUID id) {
		Interpreter interpreter = new Interpreter(workflow(asked.input().workflow()), inputs(asked, id));
		Instant last = this.wire.exchanges().get(0).at();
		for (Exchange exchange : this.wire.exchanges()) {
			assertThat(interpreter.isAtEnd()).as("a call after the end: %s", exchange.request()).isFalse();
			assertThat(exchange.request()).isEqualTo(interpreter.nextRequest());
			assertThat(exchange.at()).as("pause after %s", interpreter.actions())
				.isBetween(cut(last.plus(interpreter.pause().from()).minus(ROUNDING), id),
						last.plus(interpreter.pause().to()).plus(ROUNDING));
			interpreter.answered(exchange.response());
			last = exchange.at();
		}
		return interpreter;
	}

	/** Pauses end at the deadline. */
	private Instant cut(Instant moment, UUID id) {
		Instant deadline = this.engine.run(id).deadline();
		return moment.isBefore(deadline) ? moment : deadline;
	}

	private static void assertStored(Stored run, Interpreter interpreter) {
		assertThat(text(interpreter.output("createDistributionConfiguration", "distributionConfigurationArn")))
			.isEqualTo(run.distributionConfigurationArn());
		assertThat(text(interpreter.output(run.run().values().progress().workflow().imageStep().toString(),
				"imageBuildVersionArn")))
			.isEqualTo(run.imageBuildVersionArn());
		if (run.image() != null) {
			assertThat(text(interpreter.output("getImage", "status"))).isEqualTo(run.image().status());
			assertThat(text(interpreter.output("getImage", "reason"))).isEqualTo(run.image().reason());
		}
	}

	/** The run's inputs and token, as the document requires them. */
	private JsonNode inputs(NewRun asked, UUID id) {
		String token = this.snapshots.findById(id).orElseThrow().clientToken();
		if (asked.clientToken() != null) {
			assertThat(token).isEqualTo(asked.clientToken());
		}
		else {
			assertThat(token).matches(WORKFLOW.generated().required("clientToken").stringValue());
		}
		ObjectNode inputs = JsonMapper.shared()
			.createObjectNode()
			.put("distributionName", asked.input().distributionName())
			.put("clientToken", token);
		inputs.set("distributions", asked.input().distributions());
		if (asked.input().workflow() == WorkflowId.DISTRIBUTE_IMAGE) {
			inputs.put("imageRecipeArn", asked.input().imageRecipeArn())
				.put("infrastructureConfigurationArn", asked.input().infrastructureConfigurationArn());
		}
		asked.input().options().json().properties().forEach((option) -> inputs.set(option.getKey(), option.getValue()));
		assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
			.getSchema(workflow(asked.input().workflow()).inputs())
			.validate(inputs)).isEmpty();
		return inputs;
	}

	private static JsonNode outputs(Stored run) {
		return JsonMapper.shared()
			.createObjectNode()
			.put("distributionConfigurationArn", run.distributionConfigurationArn())
			.put("imageBuildVersionArn", run.imageBuildVersionArn())
			.put("finalStatus", run.finalStatus());
	}

	private static @Nullable String text(JsonNode value) {
		return value.isString() ? value.stringValue() : null;
	}

}
