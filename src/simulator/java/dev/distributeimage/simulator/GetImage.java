package dev.distributeimage.simulator;

import java.util.List;
import java.util.Optional;

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
		SimulatedImage image = this.images.find(arn)
			.or(() -> latest(call, Arn.parse(arn)))
			.orElseThrow(() -> ApiException.notFound("Image", arn));
		ObjectNode answer = Json.object();
		answer.set("image", ImageDocument.full(image));
		answer.set("latestVersionReferences", Versions.latestReferences(image.build().arn()));
		return answer;
	}

	private Optional<SimulatedImage> latest(Call call, Arn wanted) {
		List<SimulatedImage> newestFirst = this.images.in(call.region());
		return newestFirst.stream()
			.filter((image) -> image.now().is("AVAILABLE") && covers(wanted, image.build().arn()))
			.findFirst();
	}

	private static boolean covers(Arn wanted, Arn built) {
		boolean oneBuild = wanted.resource().split("/", -1).length > 3;
		return !oneBuild && wanted.account().equals(built.account()) && wanted.name().equals(built.name())
				&& Versions.covers(wanted.version(), built.version());
	}

}
