package dev.distributeimage.imagebuilder;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.PagedSearch.Page;
import dev.distributeimage.run.Image;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.imagebuilder.model.CancelImageCreationResponse;
import software.amazon.awssdk.services.imagebuilder.model.CreateDistributionConfigurationRequest;
import software.amazon.awssdk.services.imagebuilder.model.CreateDistributionConfigurationResponse;
import software.amazon.awssdk.services.imagebuilder.model.CreateImageRequest;
import software.amazon.awssdk.services.imagebuilder.model.CreateImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.DistributeImageRequest;
import software.amazon.awssdk.services.imagebuilder.model.DistributeImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.DistributionConfiguration;
import software.amazon.awssdk.services.imagebuilder.model.GetDistributionConfigurationResponse;
import software.amazon.awssdk.services.imagebuilder.model.GetImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.ListWorkflowExecutionsResponse;
import software.amazon.awssdk.services.imagebuilder.model.RetryImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.WorkflowExecutionMetadata;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Calls Image Builder through the AWS SDK. */
class AwsImageBuilder implements ImageBuilder {

	/** Limit for a list of workflow executions, at 25 entries per page. */
	private static final int MAX_PAGES = 40;

	private final AwsCalls calls;

	AwsImageBuilder(AwsCalls calls) {
		this.calls = calls;
	}

	@Override
	public String createDistributionConfiguration(NewDistributionConfiguration configuration) {
		String operation = "CreateDistributionConfiguration";
		var request = SdkJson.request(operation, configuration.parameters(),
				CreateDistributionConfigurationRequest.serializableBuilderClass());
		return this.calls
			.make(operation, configuration.place(), (client) -> client.createDistributionConfiguration(request))
			.requireArn(CreateDistributionConfigurationResponse::distributionConfigurationArn,
					ArnForm.DISTRIBUTION_CONFIGURATION, configuration.place());
	}

	@Override
	public boolean hasDistributionConfiguration(String distributionConfigurationArn,
			NewDistributionConfiguration configuration) {
		DistributionConfiguration shown = distributionConfiguration(distributionConfigurationArn);
		return distributionConfigurationArn.equals(shown.arn())
				&& SdkJson.contains(SdkJson.tree(shown.toBuilder()), configuration.shown());
	}

	// Only callers need these: odd ones must not hold up the run.
	@Override
	public JsonNode getDistributions(String distributionConfigurationArn) {
		JsonNode shown = SdkJson.tree(distributionConfiguration(distributionConfigurationArn).toBuilder())
			.path("distributions");
		return shown.isArray() ? AwsText.forCallers(shown) : JsonNodeFactory.instance.arrayNode();
	}

	private DistributionConfiguration distributionConfiguration(String arn) {
		return this.calls
			.make("GetDistributionConfiguration", Place.of(arn),
					(client) -> client
						.getDistributionConfiguration((request) -> request.distributionConfigurationArn(arn)))
			.require(GetDistributionConfigurationResponse::distributionConfiguration);
	}

	@Override
	public String createImage(NewImage image) {
		return image.isBuilt() ? built(image) : distributed(image);
	}

	private String built(NewImage image) {
		var request = SdkJson.request("CreateImage", image.parameters(), CreateImageRequest.serializableBuilderClass());
		return this.calls.make("CreateImage", image.place(), (client) -> client.createImage(request))
			.requireArn(CreateImageResponse::imageBuildVersionArn, ArnForm.IMAGE_BUILD_VERSION, image.place());
	}

	private String distributed(NewImage image) {
		var request = SdkJson.request("DistributeImage", image.parameters(),
				DistributeImageRequest.serializableBuilderClass());
		return this.calls.make("DistributeImage", image.place(), (client) -> client.distributeImage(request))
			.requireArn(DistributeImageResponse::imageBuildVersionArn, ArnForm.IMAGE_BUILD_VERSION, image.place());
	}

	@Override
	public Image getImage(String imageBuildVersionArn) {
		FailureContext context = new FailureContext();
		var response = this.calls.make("GetImage", Place.of(imageBuildVersionArn),
				(client) -> client.getImage((request) -> request.imageBuildVersionArn(imageBuildVersionArn)
					.overrideConfiguration((call) -> call.putExecutionAttribute(FailureContext.ATTRIBUTE, context))));
		var shown = response.require(GetImageResponse::image);
		if (shown.arn() != null && !shown.arn().equals(imageBuildVersionArn)) {
			throw response.unusable("The response shows another image: " + shown.arn());
		}
		return Images.fromSdk(shown, context.read());
	}

	@Override
	public void cancelImageCreation(String imageBuildVersionArn, String clientToken) {
		this.calls
			.make("CancelImageCreation", Place.of(imageBuildVersionArn),
					(client) -> client.cancelImageCreation(
							(request) -> request.imageBuildVersionArn(imageBuildVersionArn).clientToken(clientToken)))
			.requireSame(CancelImageCreationResponse::imageBuildVersionArn, imageBuildVersionArn);
	}

	@Override
	public void retryImage(String imageBuildVersionArn, String clientToken) {
		this.calls
			.make("RetryImage", Place.of(imageBuildVersionArn),
					(client) -> client.retryImage(
							(request) -> request.imageBuildVersionArn(imageBuildVersionArn).clientToken(clientToken)))
			.requireSame(RetryImageResponse::imageBuildVersionArn, imageBuildVersionArn);
	}

	@Override
	public boolean isBuildCompleted(String imageBuildVersionArn, BooleanSupplier mayCall) {
		return new PagedSearch("ListWorkflowExecutions", MAX_PAGES, mayCall)
			.find((token) -> page(imageBuildVersionArn, token))
			.isPresent();
	}

	@Override
	public Optional<String> findImage(NewImage image, Instant since, Set<String> excluded, BooleanSupplier mayCall) {
		return new LateImageSearch(this.calls, image, mayCall).find(since, excluded);
	}

	private Page<WorkflowExecutionMetadata> page(String imageBuildVersionArn, @Nullable String token) {
		var list = this.calls.make("ListWorkflowExecutions", Place.of(imageBuildVersionArn), (client) -> client
			.listWorkflowExecutions((request) -> request.imageBuildVersionArn(imageBuildVersionArn).nextToken(token)));
		return new Page<>(list.require(AwsImageBuilder::executions)
			.stream()
			.filter(AwsImageBuilder::isCompletedBuild)
			.findFirst(), list.body().nextToken());
	}

	private static @Nullable List<WorkflowExecutionMetadata> executions(ListWorkflowExecutionsResponse list) {
		return list.hasWorkflowExecutions() ? list.workflowExecutions() : null;
	}

	private static boolean isCompletedBuild(WorkflowExecutionMetadata execution) {
		return "BUILD".equals(execution.typeAsString()) && "COMPLETED".equals(execution.statusAsString());
	}

}
