package dev.distributeimage.simulator;

import software.amazon.awssdk.services.imagebuilder.ImagebuilderClient;
import software.amazon.awssdk.services.imagebuilder.model.Component;

/** Calls for each kind of resource, with as little as AWS takes. */
record ResourceCalls(SdkCalls calls) {

	String create(Kind kind, String name) {
		return create(kind, name, SdkCalls.token());
	}

	String create(Kind kind, String name, String token) {
		return switch (kind) {
			case COMPONENT -> client().createComponent((request) -> request.name(name)
				.clientToken(token)
				.semanticVersion("1.0.0")
				.platform("Linux")
				.uri("s3://web/component.yml")).componentBuildVersionArn();
			case IMAGE_RECIPE -> client().createImageRecipe((request) -> request.name(name)
				.clientToken(token)
				.semanticVersion("1.0.0")
				.parentImage("ami-01234567")).imageRecipeArn();
			case CONTAINER_RECIPE -> client()
				.createContainerRecipe((request) -> request.name(name)
					.clientToken(token)
					.semanticVersion("1.0.0")
					.containerType("DOCKER")
					.parentImage("amazonlinux:latest")
					.targetRepository((repository) -> repository.service("ECR").repositoryName(name)))
				.containerRecipeArn();
			case INFRASTRUCTURE_CONFIGURATION -> client()
				.createInfrastructureConfiguration(
						(request) -> request.name(name).clientToken(token).instanceProfileName("builder"))
				.infrastructureConfigurationArn();
			case DISTRIBUTION_CONFIGURATION -> client()
				.createDistributionConfiguration(
						(request) -> request.name(name).clientToken(token).distributions(SdkCalls.amisIn("eu-west-1")))
				.distributionConfigurationArn();
		};
	}

	String imageRecipe(String name, String version) {
		return client()
			.createImageRecipe((request) -> request.name(name).semanticVersion(version).parentImage("ami-01234567"))
			.imageRecipeArn();
	}

	Component component(String arn) {
		return client().getComponent((request) -> request.componentBuildVersionArn(arn)).component();
	}

	/** The answer of the kind's Get operation, as text. */
	String shown(Kind kind, String arn) {
		return (switch (kind) {
			case COMPONENT -> client().getComponent((request) -> request.componentBuildVersionArn(arn));
			case IMAGE_RECIPE -> client().getImageRecipe((request) -> request.imageRecipeArn(arn));
			case CONTAINER_RECIPE -> client().getContainerRecipe((request) -> request.containerRecipeArn(arn));
			case INFRASTRUCTURE_CONFIGURATION ->
				client().getInfrastructureConfiguration((request) -> request.infrastructureConfigurationArn(arn));
			case DISTRIBUTION_CONFIGURATION ->
				client().getDistributionConfiguration((request) -> request.distributionConfigurationArn(arn));
		}).toString();
	}

	void delete(Kind kind, String arn) {
		switch (kind) {
			case COMPONENT -> client().deleteComponent((request) -> request.componentBuildVersionArn(arn));
			case IMAGE_RECIPE -> client().deleteImageRecipe((request) -> request.imageRecipeArn(arn));
			case CONTAINER_RECIPE -> client().deleteContainerRecipe((request) -> request.containerRecipeArn(arn));
			case INFRASTRUCTURE_CONFIGURATION ->
				client().deleteInfrastructureConfiguration((request) -> request.infrastructureConfigurationArn(arn));
			case DISTRIBUTION_CONFIGURATION ->
				client().deleteDistributionConfiguration((request) -> request.distributionConfigurationArn(arn));
		}
	}

	private ImagebuilderClient client() {
		return this.calls.client();
	}

}
