package dev.distributeimage.simulator;

import tools.jackson.databind.node.ObjectNode;

/**
 * Asks for the end of a build, which comes a step later; an image that has ended cannot
 * be cancelled.
 */
final class CancelImageCreation implements Action {

	private final Images images;

	CancelImageCreation(Images images) {
		this.images = images;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		String arn = call.parameter("imageBuildVersionArn");
		SimulatedImage image = this.images.get(arn);
		if (image.hasEnded()) {
			throw ApiException.invalidRequest("The image '%s' is not being created any more.".formatted(arn));
		}
		image.cancel();
		return Json.object().put("clientToken", call.parameter("clientToken")).put("imageBuildVersionArn", arn);
	}

}
