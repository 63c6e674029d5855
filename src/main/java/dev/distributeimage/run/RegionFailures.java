package dev.distributeimage.run;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import dev.distributeimage.aws.Place;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The places to which AWS failed to distribute an image, by its failure context. Some
 * failures name an account, others are of a whole Region. Any member may be missing.
 */
public final class RegionFailures {

	private final Map<Place, RegionFailure> ofPlaces = new HashMap<>();

	private final Map<String, RegionFailure> ofRegions = new HashMap<>();

	private RegionFailures() {
	}

	/** A failure, with AWS's message if there is one. */
	public record RegionFailure(@Nullable String message) {
	}

	/**
	 * Reads the failures of a failure context. The first of several in one place counts.
	 */
	public static RegionFailures of(@Nullable JsonNode failureContext) {
		RegionFailures failures = new RegionFailures();
		if (failureContext != null) {
			failureContext.path("distributionFailure").path("regionFailures").forEach(failures::add);
		}
		return failures;
	}

	private void add(JsonNode failed) {
		String region = failed.path("region").asString("");
		JsonNode account = failed.path("targetAccountId");
		RegionFailure failure = new RegionFailure(failed.path("errorMessage").stringValueOpt().orElse(null));
		if (account.isString()) {
			this.ofPlaces.putIfAbsent(new Place(account.stringValue(), region), failure);
		}
		else {
			this.ofRegions.putIfAbsent(region, failure);
		}
	}

	/** The failure in this account and Region, if AWS names both. */
	public Optional<RegionFailure> in(Place place) {
		return Optional.ofNullable(this.ofPlaces.get(place));
	}

	/** The failure of a whole Region. */
	public Optional<RegionFailure> inAllOf(String region) {
		return Optional.ofNullable(this.ofRegions.get(region));
	}

	/** The size of the longest message of a whole Region as shown, in bytes. */
	int repeatedWeight() {
		return this.ofRegions.values().stream().mapToInt(RegionFailures::weight).max().orElse(0);
	}

	private static int weight(RegionFailure failure) {
		return (failure.message() != null)
				? JsonMapper.shared().writeValueAsString(failure.message()).getBytes(StandardCharsets.UTF_8).length : 0;
	}

}
