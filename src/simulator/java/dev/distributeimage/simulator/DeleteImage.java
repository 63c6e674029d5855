package dev.distributeimage.simulator;

import tools.jackson.databind.node.ObjectNode;

/**
 * Deletes an image, but not its AMIs. An image that is being created, or that a recipe
 * begins with, stays.
 */
final class DeleteImage implements Action {

	private final Images images;

	private final Resources resources;

	DeleteImage(Images images, Resources resources) {
		this.images = images;
		this.resources = resources;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		String arn = call.parameter("imageBuildVersionArn");
		SimulatedImage image = this.images.get(arn);
		if (!image.hasEnded()) {
			throw ApiException.invalidRequest("The image '%s' is still being created.".formatted(arn));
		}
		RecipeRules.checkUnused(image.build().arn(), this.resources);
		image.disappears();
		return Json.object().put("imageBuildVersionArn", arn);
	}

}
