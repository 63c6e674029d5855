package dev.distributeimage.simulator;

import java.util.Arrays;
import java.util.Optional;

/** The operations that the simulator carries out. */
public enum Operation {

	/** Creates a component. */
	CREATE_COMPONENT("CreateComponent"),

	/** Returns a component. */
	GET_COMPONENT("GetComponent"),

	/** Deletes a component. */
	DELETE_COMPONENT("DeleteComponent"),

	/** Lists the versions of components. */
	LIST_COMPONENTS("ListComponents"),

	/** Lists the builds of components. */
	LIST_COMPONENT_BUILD_VERSIONS("ListComponentBuildVersions"),

	/** Creates an image recipe. */
	CREATE_IMAGE_RECIPE("CreateImageRecipe"),

	/** Returns an image recipe. */
	GET_IMAGE_RECIPE("GetImageRecipe"),

	/** Deletes an image recipe. */
	DELETE_IMAGE_RECIPE("DeleteImageRecipe"),

	/** Lists image recipes. */
	LIST_IMAGE_RECIPES("ListImageRecipes"),

	/** Creates a container recipe. */
	CREATE_CONTAINER_RECIPE("CreateContainerRecipe"),

	/** Returns a container recipe. */
	GET_CONTAINER_RECIPE("GetContainerRecipe"),

	/** Deletes a container recipe. */
	DELETE_CONTAINER_RECIPE("DeleteContainerRecipe"),

	/** Lists container recipes. */
	LIST_CONTAINER_RECIPES("ListContainerRecipes"),

	/** Creates an infrastructure configuration. */
	CREATE_INFRASTRUCTURE_CONFIGURATION("CreateInfrastructureConfiguration"),

	/** Returns an infrastructure configuration. */
	GET_INFRASTRUCTURE_CONFIGURATION("GetInfrastructureConfiguration"),

	/** Replaces all of an infrastructure configuration but its name and tags. */
	UPDATE_INFRASTRUCTURE_CONFIGURATION("UpdateInfrastructureConfiguration"),

	/** Deletes an infrastructure configuration. */
	DELETE_INFRASTRUCTURE_CONFIGURATION("DeleteInfrastructureConfiguration"),

	/** Lists infrastructure configurations. */
	LIST_INFRASTRUCTURE_CONFIGURATIONS("ListInfrastructureConfigurations"),

	/** Creates a distribution configuration. */
	CREATE_DISTRIBUTION_CONFIGURATION("CreateDistributionConfiguration"),

	/** Returns a distribution configuration. */
	GET_DISTRIBUTION_CONFIGURATION("GetDistributionConfiguration"),

	/** Replaces all of a distribution configuration but its name and tags. */
	UPDATE_DISTRIBUTION_CONFIGURATION("UpdateDistributionConfiguration"),

	/** Deletes a distribution configuration. */
	DELETE_DISTRIBUTION_CONFIGURATION("DeleteDistributionConfiguration"),

	/** Lists distribution configurations. */
	LIST_DISTRIBUTION_CONFIGURATIONS("ListDistributionConfigurations"),

	/** Starts a build. */
	CREATE_IMAGE("CreateImage"),

	/** Distributes an image that exists. */
	DISTRIBUTE_IMAGE("DistributeImage"),

	/** Returns an image with its current status. */
	GET_IMAGE("GetImage"),

	/** Cancels a build. */
	CANCEL_IMAGE_CREATION("CancelImageCreation"),

	/** Retries a failed or cancelled image from testing or distributing. */
	RETRY_IMAGE("RetryImage"),

	/** Deletes an image, but not its AMIs. */
	DELETE_IMAGE("DeleteImage"),

	/** Lists the versions of images. */
	LIST_IMAGES("ListImages"),

	/** Lists builds. */
	LIST_IMAGE_BUILD_VERSIONS("ListImageBuildVersions"),

	/** Lists the workflow executions of a build. */
	LIST_WORKFLOW_EXECUTIONS("ListWorkflowExecutions"),

	/** Returns the tags of an image or another resource. */
	LIST_TAGS_FOR_RESOURCE("ListTagsForResource"),

	/** Adds tags or changes their values. */
	TAG_RESOURCE("TagResource"),

	/** Removes tags. */
	UNTAG_RESOURCE("UntagResource");

	private final String wireName;

	Operation(String wireName) {
		this.wireName = wireName;
	}

	/** The operation's name in AWS's model. */
	public String wireName() {
		return this.wireName;
	}

	static Optional<Operation> named(String wireName) {
		return Arrays.stream(values()).filter((operation) -> operation.wireName.equals(wireName)).findFirst();
	}

}
