package dev.distributeimage.simulator;

import tools.jackson.databind.node.ObjectNode;

/**
 * Puts an AMI build that failed or was cancelled after BUILDING back to TESTING or
 * DISTRIBUTING.
 */
final class RetryImage implements Action {

	private final Images images;

	RetryImage(Images images) {
		this.images = images;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		String arn = call.parameter("imageBuildVersionArn");
		SimulatedImage image = this.images.get(arn);
		if (!image.hasEnded()) {
			throw new ApiException(400, "ResourceInUseException",
					"The image '%s' is still being created.".formatted(arn));
		}
		if (!isRetryable(image)) {
			throw ApiException.invalidRequest("The image '%s' cannot be retried.".formatted(arn));
		}
		image.retry();
		return Json.object().put("clientToken", call.parameter("clientToken")).put("imageBuildVersionArn", arn);
	}

	private static boolean isRetryable(SimulatedImage image) {
		Phase now = image.now();
		boolean stopped = now.is("FAILED") || now.is("CANCELLED");
		return stopped && !image.build().container()
				&& (image.reached("TESTING") || image.reached("DISTRIBUTING") || image.reached("INTEGRATING"));
	}

}
