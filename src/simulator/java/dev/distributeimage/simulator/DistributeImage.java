package dev.distributeimage.simulator;

import java.util.regex.Pattern;

import tools.jackson.databind.node.ObjectNode;

/**
 * Distributes an image that exists: nothing is built or tested. AWS does not say how the
 * image that this makes is called; here it bears the distribution configuration's name and
 * the version 1.0.0.
 */
final class DistributeImage implements Action {

	private static final Pattern AMI = Pattern.compile("ami-[0-9a-f]{8}(?:[0-9a-f]{9})?");

	/** A parameter's name or ARN. */
	private static final Pattern PARAMETER = Pattern.compile("ssm:[a-zA-Z0-9_.\\-/:]{1,1011}");

	private static final Pattern IMAGE = Pattern
		.compile("arn:aws[^:]{0,20}:imagebuilder:[^:]{1,40}:(?:[0-9]{12}|aws(?:-[a-z-]{1,40})?):image/[a-z0-9_-]{1,128}"
				+ "/(?:[0-9]{1,10}|x)\\.(?:[0-9]{1,10}|x)\\.(?:[0-9]{1,10}|x)(?:/[0-9]{1,10})?");

	private final ImageStarts starts;

	private final Images images;

	private final Resources resources;

	DistributeImage(ImageStarts starts, Images images, Resources resources) {
		this.starts = starts;
		this.images = images;
		this.resources = resources;
	}

	@Override
	public ObjectNode carryOut(Call call) {
		checkSource(call.parameter("sourceImage"));
		Arn configuration = Arn.parse(call.parameter("distributionConfigurationArn"));
		ObjectNode sources = Json.object();
		sources.set("distributionConfiguration",
				this.resources.find(configuration.toString())
					.map(this.resources::shown)
					.orElseThrow(
							() -> ApiException.notFound("DistributionConfiguration", configuration.toString())));
		Arn version = configuration.withResource("image/" + configuration.name() + "/1.0.0");
		return Json.object()
			.put("clientToken", call.parameter("clientToken"))
			.put("imageBuildVersionArn", this.starts.start(call, version, sources).toString());
	}

	private void checkSource(String source) {
		if (IMAGE.matcher(source).matches()) {
			checkImage(source);
		}
		else if (!AMI.matcher(source).matches() && !PARAMETER.matcher(source).matches()) {
			throw ApiException.invalidParameterValue("sourceImage",
					"It must be an AMI id, 'ssm:' and a parameter's name or ARN, or an image's ARN.");
		}
	}

	/** AWS's own images are unknown here, and exist all the same. */
	private void checkImage(String arn) {
		if (Arn.parse(arn).account().startsWith("aws")) {
			return;
		}
		SimulatedImage image = this.images.resolve(arn).orElseThrow(() -> ApiException.notFound("Image", arn));
		if (!image.now().is("AVAILABLE") || image.build().container()) {
			throw ApiException.invalidRequest("The image '%s' is not an AMI that is AVAILABLE.".formatted(arn));
		}
	}

}
