package dev.distributeimage.simulator;

import java.util.List;
import java.util.Set;

import tools.jackson.databind.node.ObjectNode;

/** Lists builds, newest first. */
final class ListImageBuildVersions implements Action {

	static final Set<String> FILTERS = Set.of("name", "osVersion", "platform", "type", "version");

	private final Images images;

	ListImageBuildVersions(Images images) {
		this.images = images;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		String version = call.parameter("imageVersionArn");
		List<ObjectNode> found = this.images.of(call)
			.stream()
			.filter((image) -> version.isEmpty() || image.build().arn().withoutBuild().toString().equals(version))
			.map(ImageDocument::summary)
			.toList();
		return new Listing("imageSummaryList", FILTERS).answer(found, call);
	}

}
