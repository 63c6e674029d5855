package dev.distributeimage.simulator;

import java.time.Instant;

import tools.jackson.databind.JsonNode;

/**
 * What was asked for with one CreateImage.
 *
 * @param arn the image's build version ARN
 * @param recipe the recipe's ARN with a concrete version
 * @param container whether a container is built, not an AMI
 * @param request the request's parameters
 * @param distribution the distribution configuration as it was then; missing if none was
 * named
 * @param created when the request came
 */
record Build(Arn arn, Arn recipe, boolean container, JsonNode request, JsonNode distribution, Instant created) {

	/** The request's value, or an empty string. */
	String asked(String parameter) {
		return this.request.path(parameter).asString("");
	}

	/** {@code x.y.z/n}. */
	String version() {
		return this.arn.resource().split("/", 3)[2];
	}

	/** The image's ARN without the build number. */
	String versionArn() {
		String text = this.arn.toString();
		return text.substring(0, text.lastIndexOf('/'));
	}

}
