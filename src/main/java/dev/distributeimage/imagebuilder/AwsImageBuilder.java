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
import software.amazon.awssdk.services.imagebuilder.model.CreateDistributionConfigurationResponse;
import software.amazon.awssdk.services.imagebuilder.model.CreateImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.Distribution;
import software.amazon.awssdk.services.imagebuilder.model.GetDistributionConfigurationResponse;
import software.amazon.awssdk.services.imagebuilder.model.GetImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.ListWorkflowExecutionsResponse;
import software.amazon.awssdk.services.imagebuilder.model.RetryImageResponse;
import software.amazon.awssdk.services.imagebuilder.model.WorkflowExecutionMetadata;
import tools.jackson.core.JacksonException;

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
		List<Distribution> distributions = distributions(operation, configuration);
		return this.calls
			.make(operation, configuration.place(),
					(client) -> client.createDistributionConfiguration((request) -> request.name(configuration.name())
						.distributions(distributions)
						.clientToken(configuration.clientToken())))
			.requireArn(CreateDistributionConfigurationResponse::distributionConfigurationArn,
					ArnForm.DISTRIBUTION_CONFIGURATION, configuration.place());
	}

	@Override
	public boolean hasDistributionConfiguration(String distributionConfigurationArn,
			NewDistributionConfiguration configuration) {
		var shown = this.calls
			.make("GetDistributionConfiguration", configuration.place(),
					(client) -> client.getDistributionConfiguration(
							(request) -> request.distributionConfigurationArn(distributionConfigurationArn)))
			.require(GetDistributionConfigurationResponse::distributionConfiguration);
		return distributionConfigurationArn.equals(shown.arn()) && configuration.name().equals(shown.name())
				&& Distributions.contain(shown.distributions(), configuration.distributions());
	}

	@Override
	public String createImage(NewImage image) {
		return this.calls
			.make("CreateImage", image.place(),
					(client) -> client.createImage((request) -> request.imageRecipeArn(image.imageRecipeArn())
						.infrastructureConfigurationArn(image.infrastructureConfigurationArn())
						.distributionConfigurationArn(image.distributionConfigurationArn())
						.clientToken(image.clientToken())))
			.requireArn(CreateImageResponse::imageBuildVersionArn, ArnForm.IMAGE_BUILD_VERSION, image.place());
	}

	@Override
	public Image getImage(String imageBuildVersionArn) {
		var response = this.calls.make("GetImage", Place.of(imageBuildVersionArn),
				(client) -> client.getImage((request) -> request.imageBuildVersionArn(imageBuildVersionArn)));
		var shown = response.require(GetImageResponse::image);
		if (shown.arn() != null && !shown.arn().equals(imageBuildVersionArn)) {
			throw response.unusable("The response shows another image: " + shown.arn());
		}
		return Images.fromSdk(shown);
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
	public Optional<String> findImage(String imageRecipeArn, String distributionConfigurationArn, Instant since,
			Set<String> excluded, BooleanSupplier mayCall) {
		return new LateImageSearch(this.calls, mayCall).find(imageRecipeArn, distributionConfigurationArn, since,
				excluded);
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

	// Retrying is pointless: the request itself is invalid, and nothing was sent.
	private static List<Distribution> distributions(String operation, NewDistributionConfiguration configuration) {
		try {
			return Distributions.toSdk(configuration.distributions());
		}
		catch (JacksonException ex) {
			throw new ImageBuilderException(operation,
					FailedCall.unsendable("The distributions cannot be sent: " + ex.getOriginalMessage()), ex);
		}
	}

}
