package dev.distributeimage.api;

import java.util.List;

import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Container;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.RunStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static dev.distributeimage.api.Destination.Status.AVAILABLE;
import static dev.distributeimage.api.Destination.Status.FAILED;
import static dev.distributeimage.api.Destination.Status.PENDING;
import static dev.distributeimage.api.Destination.Status.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

class DestinationsTests {

	private static final String OWN = "123456789012";

	private static final String OTHER = "111111111111";

	private static final String DISTRIBUTIONS = """
			[ { "region": "eu-west-1", "amiDistributionConfiguration": { "targetAccountIds": ["111111111111"] } } ]""";

	private static final String CONTAINERS = """
			[ { "region": "eu-west-1", "containerDistributionConfiguration": {} },
			  { "region": "eu-west-2", "containerDistributionConfiguration": {}, "amiDistributionConfiguration": {} },
			  { "region": "eu-west-3", "amiDistributionConfiguration": {} } ]""";

	@Test
	void everyRegionHasRowForOwnAndTargetAccounts() {
		List<Destination> rows = new Destinations(OWN, PENDING, null).ofAmis("""
				[ { "region": "eu-west-1", "amiDistributionConfiguration": { "targetAccountIds": ["111111111111"] } },
				  { "region": "us-east-1", "launchTemplateConfigurations": [{}] } ]""");
		assertThat(rows).containsExactly(new Destination("eu-west-1", OWN, PENDING, null, null),
				new Destination("eu-west-1", OTHER, PENDING, null, null),
				new Destination("us-east-1", OWN, PENDING, null, null));
	}

	@Test
	void ownAccountAmongTargetsHasOneRow() {
		String distributions = DISTRIBUTIONS.replace(OTHER, OWN);
		assertThat(new Destinations(OWN, PENDING, null).ofAmis(distributions)).hasSize(1);
	}

	@Test
	void regionOfContainerOnlyHasNoRowForAnAmi() {
		String distributions = "[ { \"region\": \"eu-west-1\", \"containerDistributionConfiguration\": {} } ]";
		assertThat(new Destinations(OWN, PENDING, null).ofAmis(distributions)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void amiOfWhichAwsSaysNothingIsAvailableWhateverTheRun(RunStatus run) {
		assertThat(rows(run, image("FAILED", ami(null)))).contains(row(AVAILABLE, "ami-1", null));
	}

	@Test
	void amiWithoutAccountIsInOwnAccount() {
		Ami ami = new Ami("eu-west-1", null, "ami-1", "web", null, null);
		assertThat(rows(RunStatus.RUNNING, image("DISTRIBUTING", ami)))
			.contains(new Destination("eu-west-1", OWN, AVAILABLE, "ami-1", null));
	}

	@ParameterizedTest
	@CsvSource({ "AVAILABLE, RUNNING, AVAILABLE", "AVAILABLE, FAILED, AVAILABLE", "FAILED, RUNNING, FAILED",
			"FAILED, SUCCEEDED, FAILED", "DELETED, SUCCEEDED, FAILED", "CANCELLED, RUNNING, FAILED",
			"PENDING, RUNNING, PENDING", "BAKING, RUNNING, PENDING", "DEPRECATED, RUNNING, PENDING",
			"PENDING, SUCCEEDED, UNKNOWN", "BAKING, TIMED_OUT, UNKNOWN", "DEPRECATED, SUCCEEDED, AVAILABLE",
			"DISABLED, SUCCEEDED, AVAILABLE" })
	void statusOfAnAmiDecides(String ami, RunStatus run, Destination.Status expected) {
		assertThat(rows(run, image("ODD", ami(ami)))).contains(row(expected, "ami-1", "why"));
	}

	@Test
	void amiThatWasNotFinishedIsFailedWhereImageFailed() {
		assertThat(rows(RunStatus.FAILED, image("FAILED", ami("PENDING")))).contains(row(FAILED, "ami-1", "why"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "AVAILABLE", "PENDING", "FAILED" })
	void failureOfTheRegionAndAccountGoesBeforeTheStateOfTheAmi(String ami) {
		Image image = image("FAILED", failure(OTHER, "no key"), ami(ami));
		assertThat(rows(RunStatus.FAILED, image)).contains(row(FAILED, "ami-1", "no key"));
		assertThat(rows(RunStatus.RUNNING, image)).contains(row(FAILED, "ami-1", "no key"));
	}

	@Test
	void failureOfAnAccountIsNotOfTheOthers() {
		assertThat(rows(RunStatus.RUNNING, image("FAILED", failure(OTHER, "no key"))))
			.containsExactly(new Destination("eu-west-1", OWN, PENDING, null, null), row(FAILED, null, "no key"));
	}

	@Test
	void failureOfTheRegionIsOfAllButAvailableAmis() {
		Ami own = new Ami("eu-west-1", OWN, "ami-2", "web", "AVAILABLE", null);
		assertThat(rows(RunStatus.FAILED, image("FAILED", failure(null, "no room"), own)))
			.containsExactly(new Destination("eu-west-1", OWN, AVAILABLE, "ami-2", null), row(FAILED, null, "no room"));
		for (String status : List.of("PENDING", "FAILED", "BAKING")) {
			assertThat(rows(RunStatus.RUNNING, image("FAILED", failure(null, "no room"), ami(status))))
				.contains(row(FAILED, "ami-1", "no room"));
		}
		assertThat(rows(RunStatus.FAILED, image("FAILED", failure(null, "no room"), ami(null))))
			.contains(row(FAILED, "ami-1", "no room"));
	}

	@Test
	void failureWithoutAMessageLeavesTheReasonOfTheAmi() {
		assertThat(rows(RunStatus.FAILED, image("FAILED", failure(OTHER, null), ami("PENDING"))))
			.contains(row(FAILED, "ami-1", "why"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "{}", "{ \"distributionFailure\": null }", "{ \"distributionFailure\": 7 }",
			"{ \"distributionFailure\": { \"regionFailures\": [ 1, null, {}, [], { \"region\": 7 } ] } }" })
	void oddFailureContextSaysNothing(String context) {
		Image image = image("FAILED", JsonMapper.shared().readTree(context), ami("AVAILABLE"));
		assertThat(rows(RunStatus.FAILED, image)).contains(row(AVAILABLE, "ami-1", "why"));
	}

	@Test
	void availableAmiCountsBeforeAFailedOneOfTheSamePlace() {
		Ami earlier = new Ami("eu-west-1", OTHER, "ami-0", "web", "FAILED", "full");
		Ami later = new Ami("eu-west-1", OTHER, "ami-2", "web", "FAILED", "full");
		assertThat(rows(RunStatus.SUCCEEDED, image("AVAILABLE", earlier, ami("AVAILABLE"), later)))
			.contains(row(AVAILABLE, "ami-1", "why"));
	}

	@Test
	void missingAmiIsFailedWhereImageFailed() {
		assertThat(rows(RunStatus.FAILED, image("FAILED", ami(null))))
			.contains(new Destination("eu-west-1", OWN, FAILED, null, null));
	}

	@Test
	void missingAmiIsPendingWhileRunIsTakenUpAgain() {
		assertThat(rows(RunStatus.RUNNING, image("FAILED"))).extracting(Destination::status).containsOnly(PENDING);
	}

	@Test
	void missingAmiIsUnknownWhereRunEndedOtherwise() {
		assertThat(rows(RunStatus.TIMED_OUT, image("BUILDING"))).extracting(Destination::status).containsOnly(UNKNOWN);
		assertThat(rows(RunStatus.FAILED, null)).extracting(Destination::status).containsOnly(UNKNOWN);
		assertThat(rows(RunStatus.CANCELLED, image("CANCELLED"))).extracting(Destination::status).containsOnly(UNKNOWN);
	}

	@Test
	void unknownDistributionsLeaveTheAmisThatAreListed() {
		Ami own = new Ami("us-east-1", null, "ami-2", "web", "FAILED", "full");
		Image image = image("FAILED", own, ami("AVAILABLE"));
		assertThat(new Destinations(OWN, FAILED, image).ofAmis(null)).containsExactly(row(AVAILABLE, "ami-1", "why"),
				new Destination("us-east-1", OWN, FAILED, "ami-2", "full"));
		assertThat(new Destinations(OWN, PENDING, null).ofAmis(null)).isEmpty();
	}

	@Test
	void containerHasARowForEachOfItsRegions() {
		Image image = new Image("AVAILABLE", null, null, List.of(),
				List.of(new Container("eu-west-2", List.of("uri:1", "uri:latest"))));
		assertThat(new Destinations(OWN, UNKNOWN, image).ofContainers(CONTAINERS)).containsExactly(
				new Destination("eu-west-1", OWN, UNKNOWN, null, null),
				new Destination("eu-west-2", OWN, AVAILABLE, "uri:1", null));
		assertThat(new Destinations(OWN, UNKNOWN, image).ofContainers(null))
			.containsExactly(new Destination("eu-west-2", OWN, AVAILABLE, "uri:1", null));
	}

	@Test
	void containerOfARegionThatFailedIsFailed() {
		Image image = new Image("FAILED", null, failure(null, "no room"), List.of(),
				List.of(new Container("eu-west-1", List.of("uri:1"))));
		assertThat(new Destinations(OWN, PENDING, image).ofContainers(CONTAINERS)).containsExactly(
				new Destination("eu-west-1", OWN, FAILED, "uri:1", "no room"),
				new Destination("eu-west-2", OWN, PENDING, null, null));
	}

	private static Destination row(Destination.Status status, @Nullable String image, @Nullable String reason) {
		return new Destination("eu-west-1", OTHER, status, image, reason);
	}

	private static Ami ami(@Nullable String status) {
		return new Ami("eu-west-1", OTHER, "ami-1", "web", status, (status != null) ? "why" : null);
	}

	private static JsonNode failure(@Nullable String account, @Nullable String message) {
		var failure = JsonMapper.shared().createObjectNode().put("region", "eu-west-1").put("status", "FAILED");
		if (account != null) {
			failure.put("targetAccountId", account);
		}
		if (message != null) {
			failure.put("errorMessage", message);
		}
		var context = JsonMapper.shared().createObjectNode();
		context.putObject("distributionFailure").putArray("regionFailures").add(failure);
		return context;
	}

	private static Image image(String status, Ami... amis) {
		return image(status, null, amis);
	}

	private static Image image(String status, @Nullable JsonNode failureContext, Ami... amis) {
		return new Image(status, null, failureContext, List.of(amis), List.of());
	}

	private static List<Destination> rows(RunStatus run, @Nullable Image image) {
		return new Destinations(OWN, Destinations.undecided(run, image), image).ofAmis(DISTRIBUTIONS);
	}

}
