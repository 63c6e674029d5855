package dev.distributeimage.run;

import java.time.Duration;
import java.util.Map;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.aws.Place;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A validated request for a run.
 *
 * @param clientToken the caller's token, or null to generate one
 * @param deadline the maximum duration of the run, or null for {@code
 * distribute-image.run.deadline}
 */
public record NewRun(String distributionName, JsonNode distributions, String imageRecipeArn,
		String infrastructureConfigurationArn, @Nullable String clientToken, Map<String, String> labels,
		@Nullable Duration deadline) {

	/** What a destination takes where the run is shown, in bytes. */
	public static final int DESTINATION_WEIGHT = 110;

	/** Returns a copy with other distributions and labels. */
	public NewRun with(JsonNode otherDistributions, Map<String, String> otherLabels) {
		return new NewRun(this.distributionName, otherDistributions, this.imageRecipeArn,
				this.infrastructureConfigurationArn, this.clientToken, otherLabels, this.deadline);
	}

	/** The ARN that AWS will derive from the name. */
	public String distributionConfigurationArnExpected() {
		return Arn.parse(this.infrastructureConfigurationArn)
			.distributionConfiguration(this.distributionName)
			.toString();
	}

	/** The number of accounts and Regions that get an AMI. */
	public int destinations() {
		String account = place().account();
		int destinations = 0;
		for (JsonNode distribution : this.distributions) {
			destinations += TargetAccounts.of(distribution, account).size();
		}
		return destinations;
	}

	/** The infrastructure configuration's account and the recipe's Region. */
	public Place place() {
		return new Place(Arn.parse(this.infrastructureConfigurationArn).account(),
				Arn.parse(this.imageRecipeArn).region());
	}

}
