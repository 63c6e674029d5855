package dev.distributeimage.imagebuilder;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.run.Certainty;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunOptions;
import dev.distributeimage.simulator.AssumedSession;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.FaultRule;
import dev.distributeimage.simulator.HandCrankedClock;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.simulator.SimulatorSettings;
import dev.distributeimage.simulator.Sts;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

/** Tests the sessions of roles by the real SDK clients, against the simulator's STS. */
@NullUnmarked
class RoleSessionsTests {

	private static final UUID RUN = UUID.fromString("01a202bd-6b8f-7a73-97f4-0eed8d1bd01b");

	private static final String WEB = "222222222222";

	private static final String NET = "333333333333";

	private final HandCrankedClock clock = new HandCrankedClock();

	@AutoClose
	private final Simulator simulator = Simulator.start(SimulatorSettings.defaults().withClock(this.clock));

	private final Sts sts = this.simulator.sts();

	private final ImageBuilder imageBuilder = imageBuilder(Duration.ofSeconds(10));

	@BeforeEach
	void trust() {
		this.sts.trust(ImageBuilders.roleOf(WEB), "web:4711");
		this.sts.trust(ImageBuilders.roleOf(NET), "net:4712");
	}

	@Test
	void createIsMadeWithTheRunsOwnSession() {
		assertThat(create(WEB)).startsWith("arn:aws:imagebuilder:eu-west-1:222222222222:image/");
		AssumedSession session = onlySession();
		assertThat(session.name()).isEqualTo("run-" + RUN).hasSize(40);
		assertThat(session.roleArn()).isEqualTo("arn:aws:iam::222222222222:role/images");
		assertThat(session.externalId()).isEqualTo("web:4711");
		assertThat(session.seconds()).isEqualTo(900);
		assertThat(session.region()).isEqualTo("eu-west-1");
		assertThat(session.tags()).isEmpty();
		assertThat(this.simulator.requests()).allSatisfy(
				(request) -> assertThat(request.headers().get("authorization").get(0)).contains("ASIASIMULATED"));
	}

	@Test
	void policyIsOfTheAccountAndRegion() {
		create(WEB);
		JsonNode statements = JsonMapper.shared().readTree(onlySession().policy()).path("Statement");
		JsonNode changes = statements.get(0);
		assertThat(changes.path("Resource").asString()).isEqualTo("arn:aws:imagebuilder:eu-west-1:222222222222:*");
		assertThat(texts(changes.path("Action"))).contains("imagebuilder:CreateImage", "imagebuilder:TagResource");
		assertThat(onlySession().policy().length()).isLessThan(2048);
		for (JsonNode statement : statements) {
			assertThat(texts(statement.path("Action"))).noneMatch((action) -> action.contains("*"));
		}
	}

	@Test
	void pollsShareASessionThatMayOnlyRead() {
		String arn = create(WEB);
		this.imageBuilder.getImage(arn);
		this.imageBuilder.getImage(arn);
		this.imageBuilder.isBuildCompleted(arn, () -> true);
		this.imageBuilder.findImage(image(UUID.randomUUID(), WEB), Instant.EPOCH, Set.of(), () -> true);
		assertThat(this.sts.sessions()).extracting(AssumedSession::name).containsExactly("run-" + RUN, "polls");
		JsonNode statements = JsonMapper.shared().readTree(this.sts.sessions().get(1).policy()).path("Statement");
		assertThat(statements).hasSize(1);
		assertThat(texts(statements.at("/0/Action"))).allMatch((action) -> action.matches("imagebuilder:(Get|List).*"));
	}

	@Test
	void accountsAreApart() {
		assertThat(create(WEB)).contains(":222222222222:");
		assertThat(create(NET)).contains(":333333333333:");
		assertThat(create("123456789012")).contains(":123456789012:");
		assertThat(this.sts.sessions()).extracting(AssumedSession::account, AssumedSession::externalId)
			.containsExactly(tuple(WEB, "web:4711"), tuple(NET, "net:4712"));
	}

	@Test
	void regionsAreApart() {
		create(WEB);
		this.imageBuilder.createDistributionConfiguration(configuration(RUN, new Place(WEB, "us-east-1")));
		assertThat(this.sts.sessions()).extracting(AssumedSession::region).containsExactly("eu-west-1", "us-east-1");
	}

	@Test
	void sessionIsRenewedAheadOfItsEnd() {
		String arn = create(WEB);
		poll(arn, Duration.ZERO);
		poll(arn, Duration.ofMinutes(9));
		assertThat(this.sts.sessions()).hasSize(2);
		poll(arn, Duration.ofMinutes(2));
		poll(arn, Duration.ofMinutes(9));
		assertThat(this.sts.sessions()).hasSize(3);
	}

	@Test
	void restOfASessionIsUsedWhileItCannotBeRenewed() {
		String arn = create(WEB);
		poll(arn, Duration.ZERO);
		this.sts.always().meet(Sts.error(503, "ServiceUnavailable"));
		poll(arn, Duration.ofMinutes(13));
		ImageBuilderException failure = failure(() -> poll(arn, Duration.ofMinutes(1)));
		assertThat(failure.remedy()).isEqualTo(Remedy.RETRY);
		this.sts.clearFaults();
		poll(arn, Duration.ZERO);
	}

	@Test
	void expiredSessionIsReplaced() {
		String arn = create(WEB);
		poll(arn, Duration.ZERO);
		this.sts.expireSessions();
		ImageBuilderException failure = failure(() -> poll(arn, Duration.ZERO));
		assertThat(failure.code()).isEqualTo("ExpiredTokenException");
		assertThat(failure.remedy()).isEqualTo(Remedy.RETRY_SLOWLY);
		assertThat(failure.certainty()).isEqualTo(Certainty.NOT_CARRIED_OUT);
		poll(arn, Duration.ZERO);
		assertThat(this.sts.sessions()).hasSize(3);
	}

	@Test
	void deniedRoleIsWaitedForAndNotNamed() {
		this.sts.trust(ImageBuilders.roleOf(WEB), "other");
		ImageBuilderException failure = failure(() -> create(WEB));
		assertThat(failure.message())
			.isEqualTo("The trust policy of the role in the account 222222222222 does not let " + "the service in");
		assertThat(failure.getMessage())
			.contains("arn:aws:iam::222222222222:role/images", "arn:aws:iam::123456789012:user/simulated",
					"sts:AssumeRole")
			.doesNotContain("web:4711");
		assertThat(failure.code()).isEqualTo("AccessDenied");
		assertThat(failure.operation()).isEqualTo("CreateDistributionConfiguration");
		nothingSent(failure, Remedy.RETRY_SLOWLY);
		this.sts.trust(ImageBuilders.roleOf(WEB), "web:4711");
		assertThat(create(WEB)).isNotNull();
	}

	@ParameterizedTest
	@CsvSource({ "400, Throttling, RETRY, true", "503, Throttling, RETRY, true", "429, X, RETRY, true",
			"500, InternalFailure, RETRY, false", "503, ServiceUnavailable, RETRY, false",
			"403, RegionDisabledException, RETRY_SLOWLY, false", "403, ExpiredToken, RETRY_SLOWLY, false",
			"400, MalformedPolicyDocument, RETRY_SLOWLY, false", "400, PackedPolicyTooLarge, RETRY_SLOWLY, false" })
	void errorOfStsEndsNoRun(int status, String code, Remedy remedy, boolean throttled) {
		this.sts.onNext(1).meet(Sts.error(status, code));
		ImageBuilderException failure = failure(() -> create(WEB));
		assertThat(failure.code()).isEqualTo(code);
		assertThat(failure.isThrottled()).isEqualTo(throttled);
		assertThat(failure.isStsUnanswered()).isFalse();
		nothingSent(failure, remedy);
		assertThat(create(WEB)).isNotNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "<AssumeRoleResponse/>", "", "OK", "{}" })
	void answerWithoutCredentialsIsUnusable(String body) {
		this.sts.onNext(1).meet(Fault.answer(200, "text/xml", body));
		nothingSent(failure(() -> create(WEB)), Remedy.RETRY);
		assertThat(create(WEB)).isNotNull();
	}

	@Test
	void stsThatHangsIsTriedByOneWorkerAfterAWhile() {
		create(WEB);
		this.simulator.forgetRequests();
		ImageBuilder impatient = imageBuilder(Duration.ofSeconds(1));
		FaultRule hang = this.sts.always().hang();
		ImageBuilderException first = failure(() -> impatient.createImage(image(RUN, WEB)));
		assertThat(first.isStsUnanswered()).isTrue();
		assertThat(first.isTimeout()).isFalse();
		nothingSent(first, Remedy.RETRY);
		assertThat(failure(() -> impatient.createImage(image(RUN, NET))).getMessage()).contains("is asked again");
		assertThat(hang.hits()).isOne();
		this.clock.advance(Duration.ofSeconds(3));
		ExecutorService workers = Executors.newFixedThreadPool(8);
		try {
			List<CompletableFuture<String>> details = Stream.generate(UUID::randomUUID)
				.limit(8)
				.map((run) -> CompletableFuture
					.supplyAsync(() -> failure(() -> impatient.createImage(image(run, NET))).getMessage(), workers))
				.toList();
			assertThat(details.stream().map(CompletableFuture::join))
				.filteredOn((message) -> message.contains("is asked again"))
				.hasSize(7);
		}
		finally {
			workers.shutdownNow();
		}
		assertThat(hang.hits()).isEqualTo(2);
		this.sts.clearFaults();
		this.clock.advance(Duration.ofSeconds(3));
		assertThat(impatient.createImage(image(RUN, WEB))).isNotNull();
	}

	@Test
	void callsAtOnceShareASession() {
		String arn = create(WEB);
		ExecutorService workers = Executors.newFixedThreadPool(8);
		this.sts.onNext(1).meet(Fault.hangFor(Duration.ofMillis(100)));
		try {
			Stream.generate(() -> CompletableFuture.runAsync(() -> poll(arn, Duration.ZERO), workers))
				.limit(8)
				.toList()
				.forEach(CompletableFuture::join);
		}
		finally {
			workers.shutdownNow();
		}
		assertThat(this.sts.sessions()).extracting(AssumedSession::name).containsOnlyOnce("polls");
	}

	@Test
	void arnOfAnotherAccountIsUnusable() {
		this.imageBuilder.createDistributionConfiguration(configuration(RUN, place(WEB)));
		this.simulator.onNext(Operation.CREATE_IMAGE,
				Fault.with("imageBuildVersionArn", "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1"));
		ImageBuilderException failure = failure(() -> this.imageBuilder.createImage(image(RUN, WEB)));
		assertThat(failure.message()).contains("unexpected ARN");
		assertThat(failure.certainty()).isEqualTo(Certainty.UNKNOWN);
		assertThat(this.imageBuilder.createImage(image(RUN, WEB))).contains(":222222222222:");
		assertThat(this.simulator.builds()).isOne();
	}

	private ImageBuilder imageBuilder(Duration attemptTimeout) {
		return ImageBuilders.withRoles(this.simulator.endpoint(), attemptTimeout,
				Map.of(WEB, "web:4711", NET, "net:4712"), this.clock.withZone(ZoneOffset.UTC));
	}

	private void nothingSent(ImageBuilderException failure, Remedy remedy) {
		assertThat(failure.remedy()).isEqualTo(remedy);
		assertThat(failure.certainty()).isEqualTo(Certainty.NOT_CARRIED_OUT);
		assertThat(failure.message()).contains("account 222222222222").doesNotContain("arn:");
		assertThat(this.simulator.requests()).isEmpty();
	}

	private AssumedSession onlySession() {
		assertThat(this.sts.sessions()).hasSize(1);
		return this.sts.sessions().get(0);
	}

	private void poll(String arn, Duration later) {
		this.clock.advance(later);
		this.imageBuilder.getImage(arn);
	}

	private String create(String account) {
		return create(RUN, account);
	}

	private String create(UUID run, String account) {
		this.imageBuilder.createDistributionConfiguration(configuration(run, place(account)));
		return this.imageBuilder.createImage(image(run, account));
	}

	private static Place place(String account) {
		return new Place(account, "eu-west-1");
	}

	private static NewDistributionConfiguration configuration(UUID run, Place place) {
		return new NewDistributionConfiguration(run, place, input(place.account()), "token");
	}

	private static NewImage image(UUID run, String account) {
		return new NewImage(run, place(account), input(account),
				"arn:aws:imagebuilder:eu-west-1:%s:distribution-configuration/web".formatted(account), "token");
	}

	private static RunInput input(String account) {
		RunInput like = SimulatedAwsTest.CONFIGURATION.input();
		return new RunInput(like.distributionName(), like.distributions(),
				"arn:aws:imagebuilder:eu-west-1:%s:image-recipe/web/1.0.0".formatted(account),
				"arn:aws:imagebuilder:eu-west-1:%s:infrastructure-configuration/web".formatted(account),
				RunOptions.NONE);
	}

	private static List<String> texts(JsonNode list) {
		return list.valueStream().map(JsonNode::stringValue).toList();
	}

	private static ImageBuilderException failure(ThrowingCallable call) {
		return catchThrowableOfType(ImageBuilderException.class, call);
	}

}
