package dev.distributeimage.run;

import java.util.LinkedHashSet;
import java.util.Set;

import dev.distributeimage.aws.Arn;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

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

	/** Returns the term of a Region that a run distributes to. */
	public static Term ofRegion(String region) {
		return new Term("region", region);
	}

	/** Returns the terms of the Regions of distributions, which may be unknown. */
	public static Set<Term> ofRegions(@Nullable JsonNode distributions) {
		Set<Term> terms = new LinkedHashSet<>();
		if (distributions != null) {
			distributions.forEach((distribution) -> terms.add(ofRegion(distribution.path("region").asString(""))));
		}
		return terms;
	}

	/** Returns the term of a recipe whatever its version. */
	public static Term ofRecipe(String withoutVersion) {
		return new Term("imageRecipeArn", withoutVersion);
	}

	/** Returns the term of a container recipe, with its version or without. */
	public static Term ofContainerRecipe(String arn) {
		return new Term("containerRecipeArn", arn);
	}

	/**
	 * Returns the term of a label's key, or of its key and value with a colon between.
	 */
	public static Term ofLabel(String label) {
		return new Term("label", label);
	}

	/** Returns the term of an image that a run has built. */
	public static Term ofImage(String imageBuildVersionArn) {
		return new Term("imageBuildVersionArn", imageBuildVersionArn);
	}

	/** Returns the term of an AMI that a run has made. */
	public static Term ofAmi(String id) {
		return new Term("image", id);
	}

	/**
	 * Returns the terms of a new run: its Regions, its recipe without the version, and
	 * its labels by key and by key and value. The query splits a label at its last colon,
	 * so a value with a colon cannot be searched for, and neither can a key with a colon
	 * but without a value.
	 */
	public static Set<Term> of(NewRun run) {
		Set<Term> terms = new LinkedHashSet<>();
		terms.addAll(ofRegions(run.input().distributions()));
		String recipe = run.input().imageRecipeArn();
		if (recipe != null) {
			terms.add(ofRecipe(Arn.withoutVersion(recipe)));
		}
		String containerRecipe = run.input().options().containerRecipeArn();
		if (containerRecipe != null) {
			terms.add(ofContainerRecipe(Arn.withoutVersion(containerRecipe)));
			terms.add(ofContainerRecipe(containerRecipe));
		}
		run.labels().forEach((key, value) -> {
			if (!key.contains(":")) {
				terms.add(ofLabel(key));
			}
			if (!value.contains(":")) {
				terms.add(ofLabel(key + ":" + value));
			}
		});
		return terms;
	}

}
