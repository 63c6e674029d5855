package dev.distributeimage.simulator;

import tools.jackson.databind.node.ObjectNode;

/**
 * Cancels a build, whose status changes one step later. An image that has ended cannot
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
			throw ApiException.invalidRequest("The image '%s' is no longer being created.".formatted(arn));
		}
		image.cancel();
		return Json.object().put("clientToken", call.parameter("clientToken")).put("imageBuildVersionArn", arn);
	}

}
