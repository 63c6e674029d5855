package dev.distributeimage.imagebuilder;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;

import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.PagedSearch.Page;
import dev.distributeimage.run.Image;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.imagebuilder.ImagebuilderClient;
import software.amazon.awssdk.services.imagebuilder.model.CancelImageCreationRequest;
import software.amazon.awssdk.services.imagebuilder.model.CancelImageCreationResponse;
import software.amazon.awssdk.services.imagebuilder.model.CreateDistributionConfigurationRequest;
import software.amazon.awssdk.services.imagebuilder.model.CreateDistributionConfigurationResponse;
import software.amazon.awssdk.services.imagebuilder.model.CreateImageRequest;
import software.amazon.awssdk.services.imagebuilder.model.CreateImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.DeleteDistributionConfigurationRequest;
import software.amazon.awssdk.services.imagebuilder.model.DeleteDistributionConfigurationResponse;
import software.amazon.awssdk.services.imagebuilder.model.DistributeImageRequest;
import software.amazon.awssdk.services.imagebuilder.model.DistributeImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.DistributionConfiguration;
import software.amazon.awssdk.services.imagebuilder.model.GetDistributionConfigurationRequest;
import software.amazon.awssdk.services.imagebuilder.model.GetDistributionConfigurationResponse;
import software.amazon.awssdk.services.imagebuilder.model.GetImageRequest;
import software.amazon.awssdk.services.imagebuilder.model.GetImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.ListWorkflowExecutionsRequest;
import software.amazon.awssdk.services.imagebuilder.model.ListWorkflowExecutionsResponse;
import software.amazon.awssdk.services.imagebuilder.model.RetryImageRequest;
import software.amazon.awssdk.services.imagebuilder.model.RetryImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.WorkflowExecutionMetadata;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Calls Image Builder through the AWS SDK. */
class AwsImageBuilder implements ImageBuilder {

	/** Limit for a list of workflow executions, at 25 entries per page. */
	private static final int MAX_PAGES = 40;

	/** Maximum difference between AWS's clock and the database's. */
	static final Duration CLOCK_DIFFERENCE = Duration.ofMinutes(5);

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
			.make(operation, Session.of(configuration.run(), configuration.place()), request,
					ImagebuilderClient::createDistributionConfiguration)
			.requireArn(CreateDistributionConfigurationResponse::distributionConfigurationArn,
					ArnForm.DISTRIBUTION_CONFIGURATION, configuration.place());
	}

	@Override
	public boolean isAsRequested(String distributionConfigurationArn, NewDistributionConfiguration configuration) {
		return isAsRequested(distributionConfiguration(configuration.place(), distributionConfigurationArn),
				distributionConfigurationArn, configuration);
	}

	@Override
	public boolean isUnchanged(String distributionConfigurationArn, NewDistributionConfiguration configuration,
			Instant since) {
		DistributionConfiguration shown = distributionConfiguration(configuration.place(),
				distributionConfigurationArn);
		return isAsRequested(shown, distributionConfigurationArn, configuration)
				&& !isAfter(shown.dateCreated(), since.plus(CLOCK_DIFFERENCE));
	}

	private static boolean isAsRequested(DistributionConfiguration shown, String arn,
			NewDistributionConfiguration configuration) {
		return arn.equals(shown.arn()) && SdkJson.contains(SdkJson.tree(shown.toBuilder()), configuration.shown());
	}

	// AWS sends any text. The members have been compared without it.
	private static boolean isAfter(@Nullable String date, Instant time) {
		try {
			return date != null && OffsetDateTime.parse(date).toInstant().isAfter(time);
		}
		catch (DateTimeException ex) {
			return false;
		}
	}

	@Override
	public void deleteDistributionConfiguration(UUID run, String distributionConfigurationArn) {
		var request = DeleteDistributionConfigurationRequest.builder()
			.distributionConfigurationArn(distributionConfigurationArn)
			.build();
		this.calls
			.make("DeleteDistributionConfiguration", Session.ofRemoval(run, Place.of(distributionConfigurationArn)),
					request, ImagebuilderClient::deleteDistributionConfiguration)
			.requireSame(DeleteDistributionConfigurationResponse::distributionConfigurationArn,
					distributionConfigurationArn);
	}

	// Only callers need these: odd ones must not hold up the run.
	@Override
	public JsonNode getDistributions(Place place, String distributionConfigurationArn) {
		JsonNode shown = SdkJson.tree(distributionConfiguration(place, distributionConfigurationArn).toBuilder())
			.path("distributions");
		return shown.isArray() ? AwsText.forCallers(shown) : JsonNodeFactory.instance.arrayNode();
	}

	private DistributionConfiguration distributionConfiguration(Place place, String arn) {
		var request = GetDistributionConfigurationRequest.builder().distributionConfigurationArn(arn).build();
		return this.calls
			.make("GetDistributionConfiguration", Session.ofPolls(place), request,
					ImagebuilderClient::getDistributionConfiguration)
			.require(GetDistributionConfigurationResponse::distributionConfiguration);
	}

	@Override
	public String createImage(NewImage image) {
		return image.isBuilt() ? built(image) : distributed(image);
	}

	private String built(NewImage image) {
		var request = SdkJson.request("CreateImage", image.parameters(), CreateImageRequest.serializableBuilderClass());
		return this.calls
			.make("CreateImage", Session.of(image.run(), image.place()), request, ImagebuilderClient::createImage)
			.requireArn(CreateImageResponse::imageBuildVersionArn, ArnForm.IMAGE_BUILD_VERSION, image.place());
	}

	private String distributed(NewImage image) {
		var request = SdkJson.request("DistributeImage", image.parameters(),
				DistributeImageRequest.serializableBuilderClass());
		return this.calls
			.make("DistributeImage", Session.of(image.run(), image.place()), request,
					ImagebuilderClient::distributeImage)
			.requireArn(DistributeImageResponse::imageBuildVersionArn, ArnForm.IMAGE_BUILD_VERSION, image.place());
	}

	@Override
	public Image getImage(String imageBuildVersionArn) {
		FailureContext context = new FailureContext();
		var request = GetImageRequest.builder()
			.imageBuildVersionArn(imageBuildVersionArn)
			.overrideConfiguration((call) -> call.putExecutionAttribute(FailureContext.ATTRIBUTE, context))
			.build();
		var response = this.calls.make("GetImage", Session.ofPolls(Place.of(imageBuildVersionArn)), request,
				ImagebuilderClient::getImage);
		var shown = response.require(GetImageResponse::image);
		if (shown.arn() != null && !shown.arn().equals(imageBuildVersionArn)) {
			throw response.unusable("The response shows another image: " + shown.arn());
		}
		return Images.fromSdk(shown, context.read());
	}

	@Override
	public void cancelImageCreation(UUID run, String imageBuildVersionArn, String clientToken) {
		var request = CancelImageCreationRequest.builder()
			.imageBuildVersionArn(imageBuildVersionArn)
			.clientToken(clientToken)
			.build();
		this.calls
			.make("CancelImageCreation", Session.of(run, Place.of(imageBuildVersionArn)), request,
					ImagebuilderClient::cancelImageCreation)
			.requireSame(CancelImageCreationResponse::imageBuildVersionArn, imageBuildVersionArn);
	}

	@Override
	public void retryImage(UUID run, String imageBuildVersionArn, String clientToken) {
		var request = RetryImageRequest.builder()
			.imageBuildVersionArn(imageBuildVersionArn)
			.clientToken(clientToken)
			.build();
		this.calls
			.make("RetryImage", Session.of(run, Place.of(imageBuildVersionArn)), request,
					ImagebuilderClient::retryImage)
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
		var request = ListWorkflowExecutionsRequest.builder()
			.imageBuildVersionArn(imageBuildVersionArn)
			.nextToken(token)
			.build();
		var list = this.calls.make("ListWorkflowExecutions", Session.ofPolls(Place.of(imageBuildVersionArn)), request,
				ImagebuilderClient::listWorkflowExecutions);
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
