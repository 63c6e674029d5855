package dev.distributeimage.api;

import java.util.List;

import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.RunStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static dev.distributeimage.api.Destination.Status.AVAILABLE;
import static dev.distributeimage.api.Destination.Status.FAILED;
import static dev.distributeimage.api.Destination.Status.PENDING;
import static dev.distributeimage.api.Destination.Status.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

class DestinationsTests {

	private static final String OWN = "123456789012";

	private static final String OTHER = "111111111111";

	private static final Ami AMI = new Ami("eu-west-1", OTHER, "ami-1", "web");

	@Test
	void everyRegionHasRowForOwnAndTargetAccounts() {
		List<Destination> rows = new Destinations(OWN, RunStatus.RUNNING, null).of("""
				[ { "region": "eu-west-1", "amiDistributionConfiguration": { "targetAccountIds": ["111111111111"] } },
				  { "region": "us-east-1", "launchTemplateConfigurations": [{}] } ]""");
		assertThat(rows).containsExactly(new Destination("eu-west-1", OWN, PENDING, null),
				new Destination("eu-west-1", OTHER, PENDING, null), new Destination("us-east-1", OWN, PENDING, null));
	}

	@Test
	void ownAccountAmongTargetsHasOneRow() {
		String distributions = """
				[ { "region": "eu-west-1", "amiDistributionConfiguration": { "targetAccountIds": ["123456789012"] } } ]""";
		assertThat(new Destinations(OWN, RunStatus.RUNNING, null).of(distributions)).hasSize(1);
	}

	@Test
	void regionOfContainerOnlyHasNoRow() {
		String distributions = "[ { \"region\": \"eu-west-1\", \"containerDistributionConfiguration\": {} } ]";
		assertThat(new Destinations(OWN, RunStatus.RUNNING, null).of(distributions)).isEmpty();
	}

	@Test
	void amiThatIsListedIsAvailableWhateverTheRun() {
		for (RunStatus status : RunStatus.values()) {
			assertThat(rows(status, "FAILED", AMI)).contains(new Destination("eu-west-1", OTHER, AVAILABLE, "ami-1"));
		}
	}

	@Test
	void amiWithoutAccountIsInOwnAccount() {
		Ami ami = new Ami("eu-west-1", null, "ami-1", "web");
		assertThat(rows(RunStatus.RUNNING, "DISTRIBUTING", ami))
			.contains(new Destination("eu-west-1", OWN, AVAILABLE, "ami-1"));
	}

	@Test
	void missingAmiIsFailedWhereImageFailed() {
		assertThat(rows(RunStatus.FAILED, "FAILED", AMI)).contains(new Destination("eu-west-1", OWN, FAILED, null));
	}

	@Test
	void missingAmiIsPendingWhileRunIsTakenUpAgain() {
		assertThat(rows(RunStatus.RUNNING, "FAILED")).extracting(Destination::status).containsOnly(PENDING);
	}

	@Test
	void missingAmiIsUnknownWhereRunEndedOtherwise() {
		assertThat(rows(RunStatus.TIMED_OUT, "BUILDING")).extracting(Destination::status).containsOnly(UNKNOWN);
		assertThat(rows(RunStatus.FAILED, null)).extracting(Destination::status).containsOnly(UNKNOWN);
		assertThat(rows(RunStatus.CANCELLED, "CANCELLED")).extracting(Destination::status).containsOnly(UNKNOWN);
	}

	private static List<Destination> rows(RunStatus status, @Nullable String imageStatus, Ami... amis) {
		Image image = (imageStatus != null) ? new Image(imageStatus, null, List.of(amis), List.of()) : null;
		return new Destinations(OWN, status, image)
			.of("""
					[ { "region": "eu-west-1", "amiDistributionConfiguration": { "targetAccountIds": ["111111111111"] } } ]""");
	}

}
