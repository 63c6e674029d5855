package dev.distributeimage.simulator;

import java.util.Arrays;
import java.util.Optional;

/** The operations that the simulator carries out. */
public enum Operation {

	/** Creates a distribution configuration. */
	CREATE_DISTRIBUTION_CONFIGURATION("CreateDistributionConfiguration"),

	/** Returns a distribution configuration. */
	GET_DISTRIBUTION_CONFIGURATION("GetDistributionConfiguration"),

	/** Deletes a distribution configuration. */
	DELETE_DISTRIBUTION_CONFIGURATION("DeleteDistributionConfiguration"),

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

	/** Lists builds. */
	LIST_IMAGE_BUILD_VERSIONS("ListImageBuildVersions"),

	/** Lists the workflow executions of a build. */
	LIST_WORKFLOW_EXECUTIONS("ListWorkflowExecutions");

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
