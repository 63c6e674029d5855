package dev.distributeimage.simulator;

import java.time.Instant;

import tools.jackson.databind.JsonNode;

/**
 * The input of one build, as CreateImage received it.
 *
 * @param arn the image's build version ARN
 * @param recipe the recipe's ARN with a concrete version
 * @param container whether the build makes a container image instead of an AMI
 * @param request the request's parameters
 * @param distribution the distribution configuration at the time of the request;
 * missing if none was named
 * @param created the time of the request
 */
record Build(Arn arn, Arn recipe, boolean container, JsonNode request, JsonNode distribution, Instant created) {

	/** The value of a request parameter, or an empty string. */
	String asked(String parameter) {
		return this.request.path(parameter).asString("");
	}

	/** The version with the build number, {@code x.y.z/n}. */
	String version() {
		return this.arn.resource().split("/", 3)[2];
	}

	/** The image's ARN without the build number. */
	String versionArn() {
		String text = this.arn.toString();
		return text.substring(0, text.lastIndexOf('/'));
	}

}
