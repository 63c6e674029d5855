package dev.distributeimage.run;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A term of the inverted index {@code run_term}: the name of a query parameter and a
 * value that finds the run.
 *
 * @param parameter the name of the query parameter
 * @param value the value that callers give
 */
public record Term(String parameter, String value) {

	/** The term as it is stored. */
	public String text() {
		return this.parameter + "=" + this.value;
	}

	/** The term of an image that a run has built. */
	public static Term ofImage(String imageBuildVersionArn) {
		return new Term("imageBuildVersionArn", imageBuildVersionArn);
	}

	/**
	 * The terms of a new run: its Regions, its recipe whatever the version, and its
	 * labels by key and by key and value. The query splits a label at its last colon, so
	 * that neither a value with a colon nor a key with one and without a value can be
	 * asked for.
	 */
	public static Set<Term> of(NewRun run) {
		Set<Term> terms = new LinkedHashSet<>();
		run.distributions()
			.forEach((distribution) -> terms.add(new Term("region", distribution.path("region").asString())));
		String recipe = run.imageRecipeArn();
		terms.add(new Term("imageRecipeArn", recipe.substring(0, recipe.lastIndexOf('/'))));
		run.labels().forEach((key, value) -> {
			if (!key.contains(":")) {
				terms.add(new Term("label", key));
			}
			if (!value.contains(":")) {
				terms.add(new Term("label", key + ":" + value));
			}
		});
		return terms;
	}

}
