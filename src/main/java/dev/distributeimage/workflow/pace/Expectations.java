package dev.distributeimage.workflow.pace;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.WorkflowId;
import dev.distributeimage.run.view.EarlierBuild;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bounded cache of expectations by recipe, so that polls rarely query the database. One
 * worker at a time reads into it; meanwhile the others use the previous expectation, or
 * none. The same applies while the cache is full or the history cannot be read.
 */
public class Expectations {

	/** Shorter than most builds, and longer than many polls. */
	public static final Duration KEPT_FOR = Duration.ofMinutes(15);

	private static final int MAX_RECIPES = 2_000;

	private static final Logger logger = LoggerFactory.getLogger(Expectations.class);

	private final Function<UUID, List<EarlierBuild>> earlierBuilds;

	private final LongSupplier nanoTime;

	private final int maxRecipes;

	/** Ordered by the time of the read, the oldest first. */
	private final Map<String, Entry> byRecipe = new LinkedHashMap<>();

	private boolean reading;

	/**
	 * Creates an empty cache.
	 * @param earlierBuilds returns the earlier builds of the recipe of the run with this
	 * id
	 */
	public Expectations(Function<UUID, List<EarlierBuild>> earlierBuilds, LongSupplier nanoTime) {
		this(earlierBuilds, nanoTime, MAX_RECIPES);
	}

	Expectations(Function<UUID, List<EarlierBuild>> earlierBuilds, LongSupplier nanoTime, int maxRecipes) {
		this.earlierBuilds = earlierBuilds;
		this.nanoTime = nanoTime;
		this.maxRecipes = maxRecipes;
	}

	private record Entry(Expectation expectation, long readAt) {
	}

	/** Returns the expectation for a run whose image is being built; none for others. */
	Expectation of(Run run) {
		if (run.values().progress().workflow() != WorkflowId.DISTRIBUTE_IMAGE) {
			return Expectation.NONE;
		}
		String recipe = recipe(Objects.requireNonNull(run.outputs().imageBuildVersionArn()));
		if (beginReading(recipe)) {
			try {
				keep(recipe, read(run));
			}
			finally {
				endReading();
			}
		}
		return known(recipe);
	}

	// Without build and version, the ARN of an image still has the account, the Region
	// and the name of its recipe.
	private static String recipe(String imageBuildVersionArn) {
		return Arn.withoutVersion(Arn.withoutVersion(imageBuildVersionArn));
	}

	private synchronized boolean beginReading(String recipe) {
		Entry known = this.byRecipe.get(recipe);
		boolean wanted = (known != null) ? isExpired(known) : hasRoom();
		if (this.reading || !wanted) {
			return false;
		}
		this.reading = true;
		return true;
	}

	private boolean hasRoom() {
		return this.byRecipe.size() < this.maxRecipes || isExpired(this.byRecipe.values().iterator().next());
	}

	private boolean isExpired(Entry known) {
		return this.nanoTime.getAsLong() - known.readAt() >= KEPT_FOR.toNanos();
	}

	private @Nullable Expectation read(Run run) {
		try {
			return Expectation.of(this.earlierBuilds.apply(run.id()));
		}
		catch (RuntimeException ex) {
			logger.debug("The earlier builds cannot be read", ex);
			return null;
		}
	}

	private synchronized void endReading() {
		this.reading = false;
	}

	private synchronized void keep(String recipe, @Nullable Expectation read) {
		Entry before = this.byRecipe.remove(recipe);
		if (this.byRecipe.size() >= this.maxRecipes) {
			this.byRecipe.remove(this.byRecipe.keySet().iterator().next());
		}
		Expectation expectation = (read != null) ? read : (before != null) ? before.expectation() : Expectation.NONE;
		this.byRecipe.put(recipe, new Entry(expectation, this.nanoTime.getAsLong()));
	}

	private synchronized Expectation known(String recipe) {
		Entry known = this.byRecipe.get(recipe);
		return (known != null) ? known.expectation() : Expectation.NONE;
	}

}
