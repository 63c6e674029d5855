package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.imagebuilder.ImageBuilders;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.simulator.AssumedSession;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.Sts;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests whole runs in accounts that are entered by a role, in virtual time. */
@NullUnmarked
class AccountRunsTests extends VirtualRuns {

	private static final Duration PACE = Duration.ofMinutes(5);

	private static final String WEB = "222222222222";

	private static final String NET = "333333333333";

	/** Everything that AWS checks permissions for along with a create. */
	private static final String OPTIONS = """
			{ "executionRole": "image-builder", "imageTags": { "team": "web" }, "distributionTags": { "team": "web" },
			  "workflows": [ { "workflowArn":
			    "arn:aws:imagebuilder:eu-west-1:aws:workflow/build/build-image/1.0.0/1" } ] }""";

	private final Sts sts = this.simulator.sts();

	AccountRunsTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, PACE, Map.of(WEB, "web:4711", NET, "net:4712"));
	}

	@BeforeEach
	void trust() {
		this.sts.trust(ImageBuilders.roleOf(WEB), "web:4711");
		this.sts.trust(ImageBuilders.roleOf(NET), "net:4712");
	}

	@ParameterizedTest
	@EnumSource
	void runOfEveryKindMayDoAllThatItMust(RunKind kind) {
		if (kind.isReusing()) {
			assertThat(startedIn(WEB, NewRuns.named("shared"))).isEqualTo(RunStatus.SUCCEEDED);
		}
		NewRun asked = kind.like(NewRuns.any(),
				"arn:aws:imagebuilder:eu-west-1:222222222222:distribution-configuration/shared");
		assertThat(startedIn(WEB, asked)).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.images()).allSatisfy((image) -> assertThat(image.arn()).contains(":222222222222:"));
	}

	@Test
	void optionsAreWithinTheSessionsPolicy() {
		assertThat(startedIn(WEB, NewRuns.builder().options(OPTIONS).build())).isEqualTo(RunStatus.SUCCEEDED);
	}

	@Test
	void sharedRecipeIsWithinTheSessionsPolicy() {
		NewRun shared = new NewRunBuilder(in(WEB, NewRuns.any()))
			.recipe("arn:aws:imagebuilder:eu-west-1:999999999999:image-recipe/web/1.0.0")
			.build();
		UUID id = this.engine.start(shared);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
	}

	@Test
	void accountsRunAtOnce() {
		List<UUID> ids = List.of(this.engine.start(in(WEB, NewRuns.any())), this.engine.start(in(NET, NewRuns.any())),
				this.engine.start(NewRuns.any()));
		this.engine.runToTheEnd();
		assertThat(ids).extracting((id) -> Arn.parse(this.engine.run(id).imageBuildVersionArn()).account())
			.containsExactly(WEB, NET, "123456789012");
		assertThat(ids).allSatisfy((id) -> assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED));
		assertThat(this.sts.sessions()).filteredOn((session) -> session.name().startsWith("run-"))
			.extracting(AssumedSession::account)
			.containsExactlyInAnyOrder(WEB, NET);
	}

	@Test
	void removalHasASessionOfItsOwn() {
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(400, "ClientException"));
		UUID id = this.engine.start(in(WEB, NewRuns.any()));
		this.engine.runToTheEnd();
		int sessions = this.sts.sessions().size();
		this.engine.remove(this.engine.jdbc().sql("select id from leftover").query(UUID.class).single());
		this.engine.removeWhatIsDue();
		assertThat(this.simulator.distributionConfigurations()).isZero();
		assertThat(this.sts.sessions()).hasSize(sessions + 2)
			.extracting(AssumedSession::name)
			.contains("polls", "run-" + id);
	}

	@Test
	void sessionsAreRenewedInTheMiddleOfABuild() {
		UUID id = this.engine.start(in(WEB, NewRuns.any()));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.engine.run(id).failedCalls()).isZero();
		assertThat(this.sts.sessions()).hasSizeBetween(4, 6);
		assertThat(this.simulator.requests()).allSatisfy((request) -> assertThat(request.status()).isEqualTo(200));
	}

	@Test
	void sessionsThatExpireAtEveryMomentMakeOneImage() {
		UUID id = this.engine.start(in(WEB, NewRuns.any()));
		int[] call = new int[1];
		this.engine.runUntil(() -> {
			if (call[0]++ % 2 == 0) {
				this.sts.expireSessions();
			}
			return false;
		});
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.simulator.distributionConfigurations()).isOne();
		assertThat(this.simulator.requests()).filteredOn((request) -> "ExpiredTokenException".equals(request.code()))
			.hasSizeGreaterThan(10);
	}

	@Test
	void sessionThatExpiresBeforeACreateIsReplaced() {
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.error(403, "ExpiredTokenException"));
		UUID id = this.engine.start(in(WEB, NewRuns.any()));
		this.engine.tick();
		assertThat(this.engine.run(id).unansweredSince()).isNull();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.sts.sessions()).filteredOn((session) -> session.name().startsWith("run-")).hasSize(2);
	}

	@Test
	void deniedRoleIsWaitedFor() {
		this.sts.trust(ImageBuilders.roleOf(WEB), "another");
		UUID id = this.engine.start(in(WEB, NewRuns.any()));
		this.engine.runFor(Duration.ofMinutes(30));
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.RUNNING);
		assertThat(this.engine.run(id).step()).isEqualTo(StepId.CREATE_DISTRIBUTION_CONFIGURATION);
		assertThat(this.engine.run(id).unansweredSince()).isNull();
		assertThat(this.engine.run(id).run().calls().last().message())
			.isEqualTo("The trust policy of the role in the account 222222222222 does not let the service in");
		assertThat(this.simulator.requests()).isEmpty();
		this.sts.trust(ImageBuilders.roleOf(WEB), "web:4711");
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void roleThatIsDeniedDuringTheBuildDoesNotEndTheRun() {
		UUID id = this.engine.start(in(WEB, NewRuns.any()));
		this.engine.runFor(PACE);
		this.sts.distrust(ImageBuilders.roleOf(WEB));
		this.engine.runFor(PACE.multipliedBy(12));
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.RUNNING);
		assertThat(this.engine.run(id).run().calls().last().operation()).isEqualTo("GetImage");
		this.sts.trust(ImageBuilders.roleOf(WEB), "web:4711");
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void throttledStsSlowsOnly() {
		this.sts.onNext(5).meet(Sts.error(400, "Throttling"));
		UUID id = this.engine.start(in(WEB, NewRuns.any()));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void answerThatIsLostIsNotBuiltAgain() {
		this.simulator.onNext(Operation.CREATE_IMAGE, Fault.reset().afterCommit());
		UUID id = this.engine.start(in(WEB, NewRuns.any()));
		this.engine.tick();
		this.sts.expireSessions();
		this.sts.trust(ImageBuilders.roleOf(WEB), "another");
		this.engine.runFor(Duration.ofMinutes(90));
		assertThat(this.engine.run(id).unansweredSince()).isNotNull();
		this.sts.trust(ImageBuilders.roleOf(WEB), "web:4711");
		this.simulator.forgetTokens();
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED);
		assertThat(this.simulator.builds()).isOne();
	}

	@Test
	void cancelIsMadeWithTheRunsOwnSession() {
		UUID id = this.engine.start(in(WEB, NewRuns.any()));
		this.engine.runFor(PACE);
		this.sts.expireSessions();
		this.engine.cancel(id);
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.CANCELLED);
		assertThat(this.simulator.images().get(0).status()).isEqualTo("CANCELLED");
		assertThat(this.sts.sessions()).filteredOn((session) -> session.name().equals("run-" + id)).hasSize(2);
	}

	@Test
	void retryIsMadeWithTheRunsOwnSession() {
		this.simulator.nextImage(Ending.failedAt("DISTRIBUTING", "no"));
		UUID id = this.engine.start(in(WEB, NewRuns.any()));
		this.engine.runToTheEnd();
		assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.FAILED);
		this.engine.retry(id);
		this.engine.runToTheEnd();
		assertThat(this.simulator.count(Operation.RETRY_IMAGE)).isOne();
		assertThat(this.simulator.requests(Operation.RETRY_IMAGE).get(0).status()).isEqualTo(200);
		assertThat(this.simulator.builds()).isOne();
		assertThat(this.sts.sessions()).filteredOn((session) -> session.name().equals("run-" + id)).hasSize(2);
	}

	@Test
	void configurationOfAnotherAccountIsNotEntered() {
		assertThat(startedIn(NET, NewRuns.named("shared"))).isEqualTo(RunStatus.SUCCEEDED);
		int before = this.sts.sessions().size();
		assertThat(startedIn(WEB,
				RunKind.REUSING_BUILD.like(NewRuns.any(),
						"arn:aws:imagebuilder:eu-west-1:333333333333:distribution-configuration/shared")))
			.isEqualTo(RunStatus.FAILED);
		assertThat(this.sts.sessions().subList(before, this.sts.sessions().size())).extracting(AssumedSession::account)
			.containsOnly(WEB);
		assertThat(this.simulator.builds()).isOne();
	}

	private RunStatus startedIn(String account, NewRun asked) {
		UUID id = this.engine.start(in(account, asked));
		this.engine.runToTheEnd();
		return this.engine.run(id).status();
	}

	private static NewRun in(String account, NewRun asked) {
		return new NewRunBuilder(asked).account(account).build();
	}

}
