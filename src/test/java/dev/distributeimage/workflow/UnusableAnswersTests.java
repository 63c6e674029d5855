package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import dev.distributeimage.chaos.Chaos;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.FaultScope;
import dev.distributeimage.simulator.Operation;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests every kind of unusable answer at every operation, each for its own run among runs
 * with good answers, in virtual time.
 */
@Tag("chaos")
@Tag("chaos-full")
@NullUnmarked
class UnusableAnswersTests extends VirtualRuns {

	private static final Duration BUILD = Duration.ofMinutes(12);

	/** The operations of the steps, each with a kind of runs that call it. */
	private static final Map<Operation, RunKind> CALLED_BY = new EnumMap<>(
			Map.of(Operation.CREATE_DISTRIBUTION_CONFIGURATION, RunKind.BUILD, Operation.CREATE_IMAGE, RunKind.BUILD,
					Operation.GET_IMAGE, RunKind.BUILD, Operation.DISTRIBUTE_IMAGE, RunKind.SOURCE_IMAGE,
					Operation.GET_DISTRIBUTION_CONFIGURATION, RunKind.REUSING_BUILD));

	private static final String CONFIGURATION = "arn:aws:imagebuilder:eu-west-1:123456789012:distribution-configuration/";

	private static final String IMAGE = "arn:aws:imagebuilder:eu-west-1:123456789012:image/";

	private static final String FOREIGN = "arn:aws:imagebuilder:ap-south-1:999999999999:";

	private List<UUID> good;

	UnusableAnswersTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc) {
		super(beans, jdbc, BUILD.dividedBy(6));
	}

	@BeforeEach
	void startGoodOnes() {
		this.good = IntStream.range(0, 50).mapToObj((i) -> this.engine.start(NewRuns.any())).toList();
	}

	@Test
	void runContinuesAfterThreeOfThem() {
		Map<String, UUID> odd = new LinkedHashMap<>();
		for (Operation operation : CALLED_BY.keySet()) {
			answers(operation)
				.forEach((kind, fault) -> odd.put(operation + " " + kind, startOdd(odd.size(), 3, operation, fault)));
		}
		goodOnesEndInTime();
		this.engine.runToTheEnd();
		odd.forEach((what, id) -> assertThat(this.engine.run(id).status()).as(what).isEqualTo(RunStatus.SUCCEEDED));
		assertThat(this.simulator.builds()).isEqualTo(odd.size() + this.good.size());
		assertThat(this.simulator.distributionConfigurations()).isEqualTo(odd.size() + this.good.size());
		Chaos.held(11, "three unusable answers in a row, " + odd.size() + " kinds and operations",
				"all succeeded with one image each; 50 others in time");
	}

	@Test
	void runWaitsForItsDeadlineWithAClearFailure() {
		Map<String, UUID> odd = new LinkedHashMap<>();
		for (Operation operation : CALLED_BY.keySet()) {
			answers(operation).forEach((kind, fault) -> odd.put(operation + " " + kind,
					startOdd(odd.size(), Integer.MAX_VALUE, operation, fault)));
		}
		goodOnesEndInTime();
		this.engine.runToTheEnd();
		odd.forEach(this::endedClearly);
		Chaos.held(11, "nothing but unusable answers, " + odd.size() + " kinds and operations",
				"each ended at its deadline with a clear failure; 50 others in time");
	}

	@Test
	void cancelAndRetryAreRepeated() {
		Map<String, UUID> cancelled = new LinkedHashMap<>();
		answers(Operation.CANCEL_IMAGE_CREATION).forEach((kind, fault) -> cancelled.put(kind,
				startOdd(cancelled.size(), 3, Operation.CANCEL_IMAGE_CREATION, fault)));
		Map<String, UUID> retried = new LinkedHashMap<>();
		answers(Operation.RETRY_IMAGE).forEach((kind, fault) -> {
			int number = cancelled.size() + retried.size();
			this.simulator.imagesOf("odd-" + number, Ending.failedAt("DISTRIBUTING", "no"));
			retried.put(kind, startOdd(number, 3, Operation.RETRY_IMAGE, fault));
		});
		this.engine.tick();
		cancelled.values().forEach(this.engine::cancel);
		goodOnesEndInTime();
		IntStream.range(cancelled.size(), cancelled.size() + retried.size())
			.forEach((number) -> this.simulator.imagesOf("odd-" + number, Ending.available()));
		retried.values().forEach(this.engine::retry);
		this.engine.runToTheEnd();
		cancelled
			.forEach((kind, id) -> assertThat(this.engine.run(id).status()).as(kind).isEqualTo(RunStatus.CANCELLED));
		retried.forEach((kind, id) -> assertThat(this.engine.run(id).imageBuildVersionArn()).as(kind).endsWith("/1"));
		assertThat(this.simulator.builds()).isEqualTo(cancelled.size() + retried.size() + this.good.size());
		Chaos.held(11,
				"three unusable answers to a cancel and to a retry, " + (cancelled.size() + retried.size()) + " kinds",
				"all were carried out, nothing built twice");
	}

	private void goodOnesEndInTime() {
		this.engine.runFor(BUILD.plusSeconds(33));
		assertThat(this.good)
			.allSatisfy((id) -> assertThat(this.engine.run(id).status()).isEqualTo(RunStatus.SUCCEEDED));
	}

	private void endedClearly(String what, UUID id) {
		Stored run = this.engine.run(id);
		String shown = (run.failure() != null) ? run.failure().code() + " " + run.failure().message() : null;
		System.out.println(what + ": " + run.status() + " " + run.finalStatus() + ": " + shown);
		assertThat(run.status()).as(what).isIn(RunStatus.TIMED_OUT, RunStatus.SUCCEEDED);
		assertThat(run.status() == RunStatus.SUCCEEDED || shown != null || run.image() != null).as(what).isTrue();
		assertThat(String.valueOf(shown)).as(what)
			.hasSizeLessThanOrEqualTo(2_100)
			.doesNotContain("\0", "Unexpected failure");
	}

	private UUID startOdd(int number, int times, Operation operation, Fault fault) {
		String name = "odd-%d".formatted(number);
		FaultScope scope = (times < Integer.MAX_VALUE) ? this.simulator.onNext(times, operation)
				: this.simulator.always(operation);
		scope.when((request) -> request.parameters().toString().matches(".*[/\"]" + name + "[/\"].*")).meet(fault);
		NewRun like = NewRuns.of("eu-west-1", name);
		return this.engine.start(of(CALLED_BY.getOrDefault(operation, RunKind.BUILD),
				new NewRunBuilder(like).name(name).deadline(Duration.ofHours(1)).build()));
	}

	private static Map<String, Fault> answers(Operation operation) {
		Map<String, Fault> answers = new LinkedHashMap<>();
		answers.put("truncated", Fault.truncated());
		answers.put("empty", Fault.empty());
		answers.put("not JSON", Fault.notJson());
		answers.put("null", Fault.body("null"));
		answers.put("without members", Fault.body("{}"));
		answers.put("10 MB", Fault.megabytes(10));
		answers.put("10 MB of HTML, 403",
				Fault.answer(403, "text/html", "<html>" + "x".repeat(10 * 1024 * 1024) + "</html>"));
		answers.put("HTML, 403", Fault.html(403));
		answers.put("U+0000 in an error", Fault.error(500, "Service\0Exception", "No\0thing\uD800"));
		switch (operation) {
			case CREATE_DISTRIBUTION_CONFIGURATION -> arns(answers, "distributionConfigurationArn",
					FOREIGN + "distribution-configuration/web", CONFIGURATION + "web\0");
			case GET_DISTRIBUTION_CONFIGURATION ->
				answers.put("without distributions", Fault.without("distributionConfiguration.distributions"));
			case CREATE_IMAGE, DISTRIBUTE_IMAGE, CANCEL_IMAGE_CREATION, RETRY_IMAGE ->
				arns(answers, "imageBuildVersionArn", FOREIGN + "image/web/1.0.0/1", IMAGE + "web/1.0.0/1\0");
			default -> {
				arns(answers, "image.arn", FOREIGN + "image/web/1.0.0/1", IMAGE + "web/1.0.0/1\0");
				answers.put("without image.state", Fault.without("image.state"));
				answers.put("unknown status", Fault.with("image.state.status", "BAKING"));
				answers.put("status of U+0000", Fault.with("image.state.status", "\0"));
				answers.put("status of 1 MB", Fault.with("image.state.status", "B".repeat(1024 * 1024)));
				answers.put("reason with U+0000", Fault.with("image.state.reason", "\0\uD800"));
			}
		}
		return answers;
	}

	private static void arns(Map<String, Fault> answers, String member, String foreign, String withNull) {
		answers.put("foreign ARN", Fault.with(member, foreign));
		answers.put("ARN with U+0000", Fault.with(member, withNull));
		answers.put("ARN of 1 MB", Fault.with(member, foreign.repeat(10_000)));
	}

}
