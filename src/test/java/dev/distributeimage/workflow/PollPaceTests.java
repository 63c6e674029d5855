package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.view.EarlierBuild;
import dev.distributeimage.run.view.EarlierBuild.Seen;
import dev.distributeimage.run.view.EarlierBuilds;
import dev.distributeimage.simulator.Ending;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.workflow.pace.Expectations;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests how often images are polled if their recipe has a history. */
class PollPaceTests extends VirtualRuns {

	private static final Duration PACE = Duration.ofMinutes(4);

	private final EarlierBuilds earlierBuilds;

	PollPaceTests(@Autowired BeanFactory beans, @Autowired JdbcClient jdbc, @Autowired EarlierBuilds earlierBuilds) {
		super(beans, jdbc, PACE);
		this.earlierBuilds = earlierBuilds;
	}

	@Test
	void recipeWithAHistoryIsPolledLessUntilItsEndIsNear() {
		build(3, NewRuns.of("eu-west-1", "web"));
		List<Duration> distances = distancesOf(version("web", "2.0.0"));
		List<Duration> before = distances.subList(0, distances.size() - 4);
		assertThat(before).hasSizeGreaterThan(20)
			.allSatisfy((distance) -> assertThat(distance).isBetween(Duration.ofSeconds(27), Duration.ofSeconds(60)));
		assertThat(before.stream().filter((distance) -> distance.toSeconds() >= 57)).hasSizeGreaterThan(15);
		assertThat(distances.subList(distances.size() - 2, distances.size()))
			.allSatisfy((distance) -> assertThat(distance).isBetween(Duration.ofSeconds(27), Duration.ofSeconds(33)));
	}

	@Test
	void otherRecipesAndRegionsArePolledAsUsual() {
		build(3, NewRuns.of("eu-west-1", "web"));
		for (NewRun other : List.of(NewRuns.of("eu-west-1", "database"), NewRuns.of("us-east-1", "web"))) {
			assertThat(distancesOf(other)).hasSizeGreaterThan(40)
				.allSatisfy(
						(distance) -> assertThat(distance).isBetween(Duration.ofSeconds(27), Duration.ofSeconds(33)));
		}
	}

	@Test
	void historyHoldsTheBuildsOfTheRecipeThatEndedByThemselves() {
		this.simulator.nextImage(Ending.failedAt("BUILDING", "no"));
		UUID failed = build(1, NewRuns.of("eu-west-1", "web"));
		build(1, NewRuns.of("eu-west-1", "database"));
		this.simulator.nextImage(Ending.failedAt("CREATING", "no"));
		UUID retried = build(1, NewRuns.of("eu-west-1", "web"));
		this.engine.retry(retried);
		this.engine.runToTheEnd();
		UUID cancelled = this.engine.start(NewRuns.of("eu-west-1", "web"));
		this.engine.tick();
		this.engine.cancel(cancelled);
		this.engine.runToTheEnd();
		build(1, version("web", "2.0.0"));
		this.engine.start(NewRuns.of("eu-west-1", "web"));
		List<EarlierBuild> builds = this.earlierBuilds.ofRecipeOf(failed);
		assertThat(builds).extracting(PollPaceTests::statuses)
			.containsExactly("PENDING CREATING BUILDING FAILED",
					"PENDING CREATING BUILDING TESTING DISTRIBUTING INTEGRATING AVAILABLE");
		assertThat(builds).extracting(EarlierBuild::hasFailed).containsExactly(true, false);
		Seen first = builds.get(1).seen().get(0);
		assertThat(Duration.between(first.at(), builds.get(1).endedAt())).isBetween(PACE.multipliedBy(6),
				PACE.multipliedBy(6).plusSeconds(60));
	}

	@Test
	void historyHoldsTheNewestBuilds() {
		this.simulator.pace(Duration.ofSeconds(20));
		build(25, NewRuns.of("eu-west-1", "web"));
		this.simulator.nextImage(Ending.failedAt("CREATING", "no"));
		UUID newest = build(1, NewRuns.of("eu-west-1", "web"));
		assertThat(this.earlierBuilds.ofRecipeOf(newest)).hasSize(20).filteredOn(EarlierBuild::hasFailed).hasSize(1);
	}

	/** Waits until all have ended and the recipe's history is read again. */
	private UUID build(int runs, NewRun asked) {
		List<UUID> ids = IntStream.range(0, runs).mapToObj((i) -> this.engine.start(NewRuns.like(asked))).toList();
		this.engine.runToTheEnd();
		this.time.pass(Expectations.KEPT_FOR);
		return ids.get(0);
	}

	private List<Duration> distancesOf(NewRun asked) {
		this.simulator.forgetRequests();
		build(1, asked);
		return distances(Operation.GET_IMAGE);
	}

	private static NewRun version(String recipe, String version) {
		NewRun first = NewRuns.of("eu-west-1", recipe);
		return new NewRunBuilder(first)
			.recipe("arn:aws:imagebuilder:eu-west-1:123456789012:image-recipe/web/" + version)
			.build();
	}

	private static String statuses(EarlierBuild build) {
		return String.join(" ", build.seen().stream().map(Seen::status).toList());
	}

}
