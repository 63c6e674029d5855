package dev.distributeimage.simulator;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Chooses the ending of each new image: a test's order first, the recipe's name
 * otherwise.
 */
final class Endings {

	private final Deque<Ending> ordered = new ArrayDeque<>();

	private final Map<String, Ending> byRecipe = new HashMap<>();

	synchronized void order(Ending ending) {
		this.ordered.add(ending);
	}

	synchronized void order(String recipe, Ending ending) {
		this.byRecipe.put(recipe, ending);
	}

	synchronized Ending next(String recipe) {
		@Nullable Ending first = this.ordered.poll();
		return (first != null) ? first : this.byRecipe.getOrDefault(recipe, NamedEndings.of(recipe));
	}

	synchronized void forget() {
		this.ordered.clear();
		this.byRecipe.clear();
	}

}
