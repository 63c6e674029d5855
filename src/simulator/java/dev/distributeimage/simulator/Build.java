package dev.distributeimage.simulator;

import java.time.Instant;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The input of one build, or of the distribution of an image that exists.
 *
 * @param arn the image's build version ARN
 * @param sources the recipe, infrastructure configuration and distribution configuration
 * at the time of the request, as far as there are any, the way that GetImage shows them
 * @param request the request's parameters
 * @param created the time of the request
 */
record Build(Arn arn, ObjectNode sources, JsonNode request, Instant created) {

	/** Whether it makes a container image in place of an AMI. */
	boolean container() {
		return this.sources.has("containerRecipe");
	}

	/** Whether nothing is built or tested. */
	boolean distributesOnly() {
		return !container() && !this.sources.has("imageRecipe");
	}

	/** The distribution configuration; missing if none was named. */
	JsonNode distribution() {
		return this.sources.path("distributionConfiguration");
	}

	/** The value of a request parameter, or an empty string. */
	String asked(String parameter) {
		return this.request.path(parameter).asString("");
	}

	/** The version with the build number, {@code x.y.z/n}. */
	String version() {
		return this.arn.resource().split("/", 3)[2];
	}

}
