package dev.distributeimage.run;

import java.util.Objects;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.aws.Place;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The inputs of a run; they never change. The image is built from a recipe, or it is the
 * source image among the options. The distribution configuration is created, or it is the
 * one among the options.
 *
 * @param distributionName the name of the distribution configuration to create
 * @param distributions the distributions, equal as JSON to those in the request
 * @param imageRecipeArn the recipe, unless the options have a container recipe
 * @param infrastructureConfigurationArn the infrastructure to build on
 */
public record RunInput(@Nullable String distributionName, @Nullable JsonNode distributions,
		@Nullable String imageRecipeArn, @Nullable String infrastructureConfigurationArn, RunOptions options) {

	/** The workflow that the run carries out. */
	public WorkflowId workflow() {
		return (this.options.sourceImage() != null) ? WorkflowId.DISTRIBUTE_EXISTING_IMAGE
				: WorkflowId.DISTRIBUTE_IMAGE;
	}

	/** The step at which the run begins. */
	public StepId firstStep() {
		return (this.options.distributionConfigurationArn() != null) ? workflow().imageStep()
				: StepId.CREATE_DISTRIBUTION_CONFIGURATION;
	}

	/** The recipe of an image or a container, or null if nothing is built. */
	public @Nullable String recipeArn() {
		return (this.imageRecipeArn != null) ? this.imageRecipeArn : this.options.containerRecipeArn();
	}

	/**
	 * The account of the infrastructure configuration and the Region of the recipe; for a
	 * source image, the account of the role and the Region of the image.
	 */
	public Place place() {
		return new Place(home().account(), region());
	}

	/**
	 * The ARN that AWS will derive from the name; null if no configuration is created.
	 */
	public @Nullable String distributionConfigurationArnExpected() {
		if (this.distributionName == null) {
			return null;
		}
		return new Arn(home().partition(), "imagebuilder", region(), home().account(), "")
			.distributionConfiguration(this.distributionName)
			.toString();
	}

	/** The number of accounts and Regions that get an AMI, as far as it is known. */
	public int destinations() {
		return (this.distributions != null) ? TargetAccounts.count(this.distributions, place().account()) : 0;
	}

	/** The inputs under the names, and at the places, that they have in a request. */
	public JsonNode json() {
		ObjectNode request = JsonNodeFactory.instance.objectNode();
		this.options.json().properties().forEach((option) -> request.set(option.getKey(), option.getValue()));
		if (this.distributions != null) {
			request.set("distributions", this.distributions);
		}
		put(request, "distributionName", this.distributionName);
		put(request, "imageRecipeArn", this.imageRecipeArn);
		put(request, "infrastructureConfigurationArn", this.infrastructureConfigurationArn);
		return request;
	}

	private static void put(ObjectNode request, String name, @Nullable String value) {
		if (value != null) {
			request.put(name, value);
		}
	}

	/** The resource whose account is the run's. */
	private Arn home() {
		String arn = (this.infrastructureConfigurationArn != null) ? this.infrastructureConfigurationArn
				: Objects.requireNonNull(this.options.executionRole());
		return Arn.parse(arn);
	}

	private String region() {
		String recipe = recipeArn();
		if (recipe != null) {
			return Arn.parse(recipe).region();
		}
		String named = this.options.region();
		return (named != null) ? named : Arn.parse(Objects.requireNonNull(this.options.sourceImage())).region();
	}

}
