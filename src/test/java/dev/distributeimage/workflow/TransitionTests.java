package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;

import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.ImageBuilders;
import dev.distributeimage.imagebuilder.LargeResponses;
import dev.distributeimage.imagebuilder.NewDistributionConfiguration;
import dev.distributeimage.imagebuilder.NewImage;
import dev.distributeimage.run.Certainty;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.Next;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.Claims;
import dev.distributeimage.run.view.NameHolder;
import dev.distributeimage.trace.Traces;
import dev.distributeimage.workflow.pace.Backoff;
import dev.distributeimage.workflow.pace.Expectations;
import dev.distributeimage.workflow.pace.PollSchedule;
import dev.distributeimage.workflow.pace.Throttles;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests the effect of every answer on a run at every step. Nothing here waits, calls or
 * stores.
 */
@NullUnmarked
class TransitionTests {

	private static final Instant NOW = Instant.parse("2026-09-03T05:44:21.121Z");

	private static final Throttles THROTTLES = new Throttles();

	private static final Backoff BACKOFF = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1),
			Duration.ofSeconds(30), new Random(1), THROTTLES);

	/** The times are the minimum and maximum seconds until the next call. */
	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					createDistributionConfiguration | ok               | RUNNING   createImage                     | AtOnce |       |       | null
					createDistributionConfiguration | retry            | RUNNING   createDistributionConfiguration | After  | 0.05  | 1     | null
					createDistributionConfiguration | retry unanswered | RUNNING   createDistributionConfiguration | After  | 0.05  | 1     | null
					createDistributionConfiguration | slow             | RUNNING   createDistributionConfiguration | After  | 48    | 60    | null
					createDistributionConfiguration | refused          | FAILED    createDistributionConfiguration | Never  |       |       | null
					createDistributionConfiguration | not found        | FAILED    createDistributionConfiguration | Never  |       |       | null
					createImage                     | ok               | RUNNING   getImage                        | AtOnce |       |       | null
					createImage                     | retry            | RUNNING   createImage                     | After  | 0.05  | 1     | null
					createImage                     | retry unanswered | RUNNING   createImage                     | After  | 0.05  | 1     | null
					createImage                     | slow             | RUNNING   createImage                     | After  | 48    | 60    | null
					createImage                     | refused          | FAILED    createImage                     | Never  |       |       | null
					createImage                     | not found        | FAILED    createImage                     | Never  |       |       | null
					distributeImage                 | ok               | RUNNING   getImage                        | AtOnce |       |       | null
					distributeImage                 | retry            | RUNNING   distributeImage                 | After  | 0.05  | 1     | null
					distributeImage                 | retry unanswered | RUNNING   distributeImage                 | After  | 0.05  | 1     | null
					distributeImage                 | slow             | RUNNING   distributeImage                 | After  | 48    | 60    | null
					distributeImage                 | refused          | FAILED    distributeImage                 | Never  |       |       | null
					distributeImage                 | not found        | FAILED    distributeImage                 | Never  |       |       | null
					getImage                        | PENDING          | RUNNING   getImage                        | After  | 27    | 33    | null
					getImage                        | CREATING         | RUNNING   getImage                        | After  | 27    | 33    | null
					getImage                        | BUILDING         | RUNNING   getImage                        | After  | 27    | 33    | null
					getImage                        | TESTING          | RUNNING   getImage                        | After  | 27    | 33    | null
					getImage                        | DISTRIBUTING     | RUNNING   getImage                        | After  | 27    | 33    | null
					getImage                        | INTEGRATING      | RUNNING   getImage                        | After  | 27    | 33    | null
					getImage                        | BAKING           | RUNNING   getImage                        | After  | 27    | 33    | null
					getImage                        | available        | RUNNING   getImage                        | After  | 27    | 33    | null
					getImage                        | no status        | RUNNING   getImage                        | After  | 27    | 33    | null
					getImage                        | AVAILABLE        | SUCCEEDED getImage                        | Never  |       |       | AVAILABLE
					getImage                        | DEPRECATED       | SUCCEEDED getImage                        | Never  |       |       | DEPRECATED
					getImage                        | DISABLED         | SUCCEEDED getImage                        | Never  |       |       | DISABLED
					getImage                        | DELETED          | FAILED    getImage                        | Never  |       |       | DELETED
					getImage                        | FAILED           | FAILED    getImage                        | Never  |       |       | FAILED
					getImage                        | CANCELLED        | CANCELLED getImage                        | Never  |       |       | CANCELLED
					getImage                        | retry            | RUNNING   getImage                        | After  | 27    | 33    | null
					getImage                        | retry unanswered | RUNNING   getImage                        | After  | 27    | 33    | null
					getImage                        | slow             | RUNNING   getImage                        | After  | 48    | 60    | null
					getImage                        | not found        | RUNNING   getImage                        | After  | 27    | 33    | null
					getImage                        | refused          | FAILED    getImage                        | Never  |       |       | null""")
	void answerDecides(String step, String answer, String stands, String next, @Nullable Double least,
			@Nullable Double most, String finalStatus) {
		Run run = answered(Claims.at(step(step)), answer);
		assertThat(run.status() + " " + run.step()).isEqualTo(stands.replaceAll(" +", " "));
		assertThat(run.next().getClass().getSimpleName()).isEqualTo(next);
		assertThat(String.valueOf(run.outputs().finalStatus())).isEqualTo(finalStatus);
		if (run.next() instanceof Next.After after) {
			assertThat(after.pause().toMillis() / 1000.0).isBetween(least, most);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			createDistributionConfiguration | ok               | TIMED_OUT createDistributionConfiguration | null
			createImage                     | ok               | TIMED_OUT createImage                     | null
			distributeImage                 | ok               | TIMED_OUT distributeImage                 | null
			getImage                        | AVAILABLE        | SUCCEEDED getImage                        | AVAILABLE
			getImage                        | FAILED           | FAILED    getImage                        | FAILED
			getImage                        | BUILDING         | TIMED_OUT getImage                        | BUILDING
			getImage                        | BAKING           | TIMED_OUT getImage                        | BAKING
			getImage                        | no status        | TIMED_OUT getImage                        | null
			getImage                        | retry            | TIMED_OUT getImage                        | null
			getImage                        | slow             | TIMED_OUT getImage                        | null
			getImage                        | refused          | TIMED_OUT getImage                        | null
			getImage                        | not found        | TIMED_OUT getImage                        | null""")
	void atTheDeadlineOnlyAnEndCounts(String step, String answer, String stands, String finalStatus) {
		Run run = answered(Claims.overdueAt(step(step)), answer);
		assertThat(run.status() + " " + run.step()).isEqualTo(stands.replaceAll(" +", " "));
		assertThat(run.next()).isInstanceOf(Next.Never.class);
		assertThat(String.valueOf(run.outputs().finalStatus())).isEqualTo(finalStatus);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			createDistributionConfiguration | retry            | false
			createDistributionConfiguration | slow             | false
			createDistributionConfiguration | retry unanswered | true
			createImage                     | retry            | false
			createImage                     | slow             | false
			createImage                     | retry unanswered | true
			distributeImage                 | retry            | false
			distributeImage                 | slow             | false
			distributeImage                 | retry unanswered | true
			getImage                        | retry unanswered | false""")
	void onlyACreateIsRememberedAsUnanswered(String step, String answer, boolean unanswered) {
		assertThat(answered(Claims.at(step(step)), answer).calls().unansweredSince() != null).isEqualTo(unanswered);
	}

	@ParameterizedTest
	@EnumSource(value = StepId.class,
			names = { "CREATE_DISTRIBUTION_CONFIGURATION", "CREATE_IMAGE", "DISTRIBUTE_IMAGE" })
	void definiteAnswerDoesNotAnswerAnEarlierAttempt(StepId step) {
		assertThat(answered(Claims.unansweredAt(step), "retry").calls().unansweredSince()).isNotNull();
		assertThat(answered(Claims.unansweredAt(step), "ok").calls().unansweredSince()).isNull();
	}

	@ParameterizedTest
	@EnumSource(StepId.class)
	void nothingIsSentWhenTheClaimMayEndBeforeTheAnswer(StepId step) {
		Claim old = Claims.sent(Duration.ofSeconds(41), Claims.at(step));
		Run run = answered(old, "refused");
		assertThat(run.next()).isEqualTo(new Next.AsPlanned());
		assertThat(run.calls().attempts()).isZero();
		assertThat(run.calls().last()).isNull();
	}

	@Test
	void runThatHasEndedChangesNoMore() {
		Run run = answered(Claims.at(StepId.GET_IMAGE), "AVAILABLE");
		assertThatIllegalStateException().isThrownBy(() -> run.imageSeen(image("FAILED"), Duration.ZERO, NOW));
		assertThatIllegalStateException().isThrownBy(run::timedOut);
		assertThatIllegalStateException().isThrownBy(run::handedBack);
	}

	@ParameterizedTest
	@EnumSource(value = StepId.class, names = { "CREATE_IMAGE", "DISTRIBUTE_IMAGE" })
	void runTakesOnlyTheAnswerOfItsStep(StepId step) {
		Run run = Claims.at(step).run();
		assertThatIllegalStateException().isThrownBy(() -> run.imageSeen(image("AVAILABLE"), Duration.ZERO, NOW));
		assertThatIllegalStateException().isThrownBy(() -> run.distributionConfigurationCreated("arn"));
	}

	@Test
	void nameHeldByACallInProgressIsRequestedAgain() {
		Claim claim = Claims.unansweredAt(StepId.CREATE_DISTRIBUTION_CONFIGURATION);
		assertThat(answered(claim, "exists", new NameHolder(UUID.randomUUID(), false, false)).next())
			.isInstanceOf(Next.After.class);
	}

	@Test
	void nameHeldByAnotherRunForCertainFails() {
		UUID holder = UUID.randomUUID();
		Claim claim = Claims.unansweredAt(StepId.CREATE_DISTRIBUTION_CONFIGURATION);
		Run run = answered(claim, "exists", new NameHolder(holder, true, false));
		assertThat(run.next()).isInstanceOf(Next.Never.class);
		assertThat(run.calls().last().message()).contains(holder.toString());
	}

	@Test
	void runOfAnotherOwnerThatHoldsTheNameIsNotNamed() {
		UUID holder = UUID.randomUUID();
		Claim claim = Claims.unansweredAt(StepId.CREATE_DISTRIBUTION_CONFIGURATION);
		Run run = answered(claim, "exists", new NameHolder(holder, true, true));
		assertThat(run.calls().last().message()).contains("a run of another owner uses this name")
			.doesNotContain(holder.toString());
	}

	private static StepId step(String id) {
		for (StepId step : StepId.values()) {
			if (step.toString().equals(id)) {
				return step;
			}
		}
		throw new IllegalArgumentException(id);
	}

	private static Run answered(Claim claim, String answer) {
		return answered(claim, answer, null);
	}

	private static Run answered(Claim claim, String answer, @Nullable NameHolder holder) {
		ImageBuilder imageBuilder = new ScriptedImageBuilder(answer);
		Duration attemptTimeout = Duration.ofSeconds(10);
		Steps steps = new Steps(
				new CreateDistributionConfiguration(
						imageBuilder, (arn, id) -> Optional.ofNullable(holder), BACKOFF, attemptTimeout),
				new CreateImage(imageBuilder, null, BACKOFF, attemptTimeout),
				new GetImage(imageBuilder, attemptTimeout, BACKOFF,
						new PollSchedule(BACKOFF, new Expectations((run) -> List.of(), System::nanoTime)),
						new SimpleMeterRegistry().counter("unknown")));
		new RunAdvancer(steps, null, null, BACKOFF, THROTTLES, new LargeResponses(attemptTimeout), attemptTimeout,
				new SimpleMeterRegistry(), Traces.off())
			.call(claim);
		return claim.run();
	}

	private static Image image(@Nullable String status) {
		return Image.of(status, null);
	}

	/** Gives the same answer to every call. */
	private record ScriptedImageBuilder(String answer) implements ImageBuilder {

		@Override
		public String createDistributionConfiguration(NewDistributionConfiguration configuration) {
			failUnless("ok", "CreateDistributionConfiguration");
			return Claims.CONFIGURATION_ARN;
		}

		@Override
		public boolean isAsRequested(String arn, NewDistributionConfiguration configuration) {
			throw new AssertionError("Another run's configuration must not be read");
		}

		@Override
		public String createImage(NewImage image) {
			failUnless("ok", "CreateImage");
			return Claims.IMAGE_ARN;
		}

		@Override
		public Image getImage(String imageBuildVersionArn) {
			if (this.answer.equals(this.answer.toUpperCase(Locale.ROOT)) || this.answer.equals("available")) {
				return image(this.answer);
			}
			failUnless("no status", "GetImage");
			return image(null);
		}

		@Override
		public void cancelImageCreation(UUID run, String imageBuildVersionArn, String clientToken) {
			throw new AssertionError("Nobody cancels here");
		}

		@Override
		public void retryImage(UUID run, String imageBuildVersionArn, String clientToken) {
			throw new AssertionError("Nobody retries here");
		}

		@Override
		public boolean isBuildCompleted(String imageBuildVersionArn, BooleanSupplier mayCall) {
			throw new AssertionError("Nobody retries here");
		}

		@Override
		public boolean isUnchanged(String arn, NewDistributionConfiguration configuration, Instant since) {
			throw new AssertionError("Nothing is removed here");
		}

		@Override
		public void deleteDistributionConfiguration(UUID run, String distributionConfigurationArn) {
			throw new AssertionError("Nothing is removed here");
		}

		@Override
		public JsonNode getDistributions(Place place, String distributionConfigurationArn) {
			throw new AssertionError("No configuration is reused here");
		}

		@Override
		public Optional<String> findImage(NewImage image, Instant since, Set<String> known, BooleanSupplier mayCall) {
			throw new AssertionError("No create is late here");
		}

		private void failUnless(String good, String operation) {
			if (!this.answer.equals(good)) {
				throw failure(operation);
			}
		}

		private ImageBuilderException failure(String operation) {
			return switch (this.answer) {
				case "retry" -> ImageBuilders.failure(operation, Remedy.RETRY, Certainty.NOT_CARRIED_OUT, "Throttling");
				case "retry unanswered" -> ImageBuilders.failure(operation, Remedy.RETRY, Certainty.UNKNOWN, null);
				case "slow" -> ImageBuilders.failure(operation, Remedy.RETRY_SLOWLY, Certainty.NOT_CARRIED_OUT,
						"ServiceQuotaExceededException");
				case "refused" ->
					ImageBuilders.failure(operation, Remedy.GIVE_UP, Certainty.NOT_CARRIED_OUT, "ClientException");
				case "not found" -> ImageBuilders.failure(operation, Remedy.GIVE_UP, Certainty.NOT_CARRIED_OUT,
						"ResourceNotFoundException");
				case "exists" -> ImageBuilders.failure(operation, Remedy.GIVE_UP, Certainty.NOT_CARRIED_OUT,
						"ResourceAlreadyExistsException");
				default -> throw new IllegalArgumentException(this.answer);
			};
		}

	}

}
