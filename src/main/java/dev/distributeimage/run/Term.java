package dev.distributeimage.run;

import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A term of the inverted index {@code run_term}: a query parameter and a value that finds
 * the run.
 *
 * @param parameter the name of the query parameter
 * @param value the value that callers pass
 */
public record Term(String parameter, String value) {

	/** The term as it is stored. */
	public String text() {
		return this.parameter + "=" + this.value;
	}

	/** Returns the term of an image that a run has built. */
	public static Term ofImage(String imageBuildVersionArn) {
		return new Term("imageBuildVersionArn", imageBuildVersionArn);
	}

	/**
	 * Returns the terms of a new run: its Regions, its recipe without the version, and
	 * its labels by key and by key and value. The query splits a label at its last colon,
	 * so a value with a colon cannot be searched for, and neither can a key with a colon
	 * but without a value.
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
