package dev.distributeimage.simulator;

import java.util.Optional;
import java.util.Set;

/** The kinds of resources that are created, shown, changed, deleted and listed alike. */
enum Kind {

	/** A step of a build. Every creation of a version is another build of it. */
	COMPONENT("component", "Component", "componentVersionList"),

	/** A recipe for AMIs, in versions. */
	IMAGE_RECIPE("image-recipe", "ImageRecipe", "imageRecipeSummaryList"),

	/** A recipe for containers, in versions. */
	CONTAINER_RECIPE("container-recipe", "ContainerRecipe", "containerRecipeSummaryList"),

	/** The machines that build. */
	INFRASTRUCTURE_CONFIGURATION("infrastructure-configuration", "InfrastructureConfiguration",
			"infrastructureConfigurationSummaryList"),

	/** The Regions and accounts that get the images. */
	DISTRIBUTION_CONFIGURATION("distribution-configuration", "DistributionConfiguration",
			"distributionConfigurationSummaryList");

	private final String type;

	private final String word;

	private final String listMember;

	Kind(String type, String word, String listMember) {
		this.type = type;
		this.word = word;
		this.listMember = listMember;
	}

	/** The first part of the resource in its ARN. */
	String type() {
		return this.type;
	}

	/** The name in error messages and, with a verb before it, of the operations. */
	String word() {
		return this.word;
	}

	/** The member of an answer that shows the resource. */
	String member() {
		return Character.toLowerCase(this.word.charAt(0)) + this.word.substring(1);
	}

	/** The parameter and the member of an answer that is the resource's ARN. */
	String arnMember() {
		return (this == COMPONENT) ? "componentBuildVersionArn" : member() + "Arn";
	}

	/** The list in the answer of the list operation. */
	String listMember() {
		return this.listMember;
	}

	/** The names of filters that the list operation takes. */
	Set<String> filters() {
		return switch (this) {
			case COMPONENT -> Set.of("description", "name", "platform", "supportedOsVersion", "type", "version");
			case IMAGE_RECIPE -> Set.of("name", "parentImage", "platform");
			case CONTAINER_RECIPE -> Set.of("containerType", "name", "parentImage", "platform");
			case INFRASTRUCTURE_CONFIGURATION, DISTRIBUTION_CONFIGURATION -> Set.of("name");
		};
	}

	boolean hasVersions() {
		return this == COMPONENT || this == IMAGE_RECIPE || this == CONTAINER_RECIPE;
	}

	/** The operation with this verb, if there is one. */
	Optional<Operation> operation(String verb) {
		return Operation.named(verb + this.word + (verb.equals("List") ? "s" : ""));
	}

}
