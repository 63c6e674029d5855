package dev.distributeimage.simulator;

import tools.jackson.databind.node.ObjectNode;

/** Returns a build; an ARN without a build number selects the latest AVAILABLE one. */
final class GetImage implements Action {

	private final Images images;

	GetImage(Images images) {
		this.images = images;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		String arn = call.parameter("imageBuildVersionArn");
		SimulatedImage image = this.images.resolve(arn).orElseThrow(() -> ApiException.notFound("Image", arn));
		ObjectNode answer = Json.object();
		answer.set("image", ImageDocument.full(image));
		answer.set("latestVersionReferences", Versions.latestReferences(image.build().arn()));
		return answer;
	}

}
