package dev.distributeimage.simulator;

import java.util.Optional;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The tags of images and other resources. */
final class Tags {

	private static final int MOST_TAGS = 50;

	private final Images images;

	private final Resources resources;

	Tags(Images images, Resources resources) {
		this.images = images;
		this.resources = resources;
	}

	ObjectNode list(Call call) {
		ObjectNode answer = Json.object();
		answer.set("tags", of(call));
		return answer;
	}

	ObjectNode add(Call call) {
		ObjectNode tags = of(call).deepCopy();
		tags.setAll((ObjectNode) call.parameters().required("tags"));
		if (tags.size() > MOST_TAGS) {
			throw new ApiException(400, "InvalidParameterException", "A resource may have at most 50 tags.");
		}
		replace(call.parameter("resourceArn"), tags);
		return Json.object();
	}

	ObjectNode remove(Call call) {
		ObjectNode tags = of(call).deepCopy();
		tags.remove(call.parameters().required("tagKeys").valueStream().map(JsonNode::stringValue).toList());
		replace(call.parameter("resourceArn"), tags);
		return Json.object();
	}

	private ObjectNode of(Call call) {
		String arn = call.parameter("resourceArn");
		Optional<ObjectNode> ofImage = this.images.find(arn).map(SimulatedImage::tags);
		return ofImage
			.or(() -> this.resources.find(arn).map((resource) -> (ObjectNode) resource.document().required("tags")))
			.orElseThrow(() -> ApiException.notFound("Resource", arn));
	}

	private void replace(String arn, ObjectNode tags) {
		this.images.find(arn).ifPresent((image) -> image.tagged(tags));
		this.resources.find(arn).ifPresent((resource) -> {
			ObjectNode document = Json.object();
			document.setAll(resource.document());
			document.set("tags", tags);
			this.resources.put(resource.with(document));
		});
	}

}
