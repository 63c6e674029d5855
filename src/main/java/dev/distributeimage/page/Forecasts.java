package dev.distributeimage.page;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.distributeimage.api.OwnedRuns;
import dev.distributeimage.run.PastAttempt;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.view.EarlierBuilds;
import dev.distributeimage.run.view.RunSnapshot;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.annotation.Conditional;
import org.springframework.stereotype.Component;

/**
 * Tells how much longer a run takes if it goes as the earlier ones of its recipe: the
 * median counts. What was read of a recipe is kept for a few minutes.
 */
@Component
@Conditional(PageServed.class)
class Forecasts {

	private static final Duration KEPT_FOR = Duration.ofMinutes(5);

	private static final int MOST_RECIPES = 2_000;

	private static final Logger logger = LoggerFactory.getLogger(Forecasts.class);

	private final EarlierBuilds builds;

	private final OwnedRuns owned;

	private final Cache<Recipe, Optional<Duration>> usual = Caffeine.newBuilder()
		.maximumSize(MOST_RECIPES)
		.expireAfterWrite(KEPT_FOR)
		.build();

	Forecasts(EarlierBuilds builds, OwnedRuns owned) {
		this.builds = builds;
		this.owned = owned;
	}

	/**
	 * How long the run took since it began or was last retried, or about how long it
	 * still takes; empty if nothing is known.
	 */
	String of(RunSnapshot run) {
		List<PastAttempt> earlier = run.retries();
		Instant begun = earlier.isEmpty() ? run.createdAt() : earlier.get(earlier.size() - 1).at();
		if (run.finishedAt() != null) {
			return Spans.exact(Duration.between(begun, run.finishedAt()));
		}
		Duration soFar = Duration.between(begun, run.readAt());
		return usual(run).map((usual) -> left(usual.minus(soFar), usual))
			.orElseGet(() -> (run.status() == RunStatus.RUNNING) ? "running for " + Spans.rough(soFar) : "");
	}

	private static String left(Duration left, Duration usual) {
		if (left.isNegative()) {
			return "longer than the usual " + Spans.rough(usual);
		}
		return (left.toSeconds() < 60) ? "less than a minute left"
				: "about %s left".formatted(Spans.rough(left.plusSeconds(30)));
	}

	private Optional<Duration> usual(RunSnapshot run) {
		String recipe = (run.imageRecipeArn() != null) ? run.imageRecipeArn() : run.containerRecipeArn();
		return (recipe == null || !run.retries().isEmpty()) ? Optional.empty()
				: this.usual.get(new Recipe(recipe, this.owned.isolate() ? run.owner() : null), this::median);
	}

	private Optional<Duration> median(Recipe recipe) {
		try {
			List<Duration> durations = this.builds.durations(recipe.arn(), recipe.owner()).stream().sorted().toList();
			return durations.isEmpty() ? Optional.empty() : Optional.of(durations.get(durations.size() / 2));
		}
		catch (RuntimeException ex) {
			logger.debug("The earlier builds cannot be read", ex);
			return Optional.empty();
		}
	}

	/**
	 * The earlier builds that a forecast is made from.
	 *
	 * @param owner whose builds alone count, or null
	 */
	private record Recipe(String arn, @Nullable String owner) {
	}

}
