package dev.distributeimage.simulator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.distributeimage.simulator.shape.ModelledOperation;
import tools.jackson.databind.node.ObjectNode;

/** Lists the versions of images, the one with the latest build first. */
final class ListImages implements Action {

	private static final String MEMBER = "imageVersionList";

	private final Images images;

	private final ModelledOperation model;

	ListImages(Images images, ModelledOperation model) {
		this.images = images;
		this.model = model;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		List<SimulatedImage> found = Listing.isOfTheCaller(call) ? this.images.of(call) : List.of();
		Map<String, ObjectNode> versions = new LinkedHashMap<>();
		for (SimulatedImage image : found) {
			versions.computeIfAbsent(image.build().arn().withoutBuild().toString(),
					(arn) -> this.model.shown(MEMBER, ImageDocument.version(image)));
		}
		return new Listing(MEMBER, ListImageBuildVersions.FILTERS).answer(List.copyOf(versions.values()), call);
	}

}
