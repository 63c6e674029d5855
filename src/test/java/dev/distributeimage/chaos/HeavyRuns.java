package dev.distributeimage.chaos;

import java.util.List;
import java.util.stream.IntStream;

import software.amazon.awssdk.regions.Region;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Requests for runs that are as large as a request may be. */
final class HeavyRuns {

	private static final int BYTES = 1_000_000;

	private static final List<String> REGIONS = Region.regions()
		.stream()
		.filter((region) -> region.metadata() != null && "aws".equals(region.metadata().partition().id())
				&& !region.isGlobalRegion())
		.map(Region::id)
		.toList();

	private HeavyRuns() {
	}

	/** A valid request of 1 MB, with nearly as many destinations as a run may have. */
	static String request(String name) {
		ObjectNode request = (ObjectNode) JsonMapper.shared().readTree(StartedRuns.request(name, name));
		ArrayNode distributions = request.putArray("distributions");
		REGIONS.forEach((region) -> {
			ObjectNode ami = distributions.addObject().put("region", region).putObject("amiDistributionConfiguration");
			ami.put("name", "web {{ imagebuilder:buildDate }}");
			ArrayNode targets = ami.putArray("targetAccountIds");
			IntStream.range(0, 9_900 / REGIONS.size() - 1).forEach((i) -> targets.add(account(i)));
			ObjectNode tags = ami.putObject("amiTags");
			IntStream.range(0, 50).forEach((i) -> tags.put("k%02d".formatted(i) + "k".repeat(100), "v".repeat(250)));
		});
		ArrayNode users = ((ObjectNode) distributions.get(0).get("amiDistributionConfiguration"))
			.putObject("launchPermission")
			.putArray("userIds");
		int length = request.toString().length();
		for (int i = 0; i < 1_500 && length < BYTES; i++) {
			users.add(account(i));
			// With its quotes and its comma.
			length += account(i).length() + 3;
		}
		return request.toString();
	}

	private static String account(int number) {
		return "%012d".formatted(200_000_000_000L + number);
	}

}
