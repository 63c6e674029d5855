package dev.distributeimage.api.contract;

import java.util.HashMap;
import java.util.Map;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.aws.Partitions;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

import static dev.distributeimage.api.contract.WellFormedParts.shortened;

/** Rules for the partitions and Regions that a request names. */
final class RegionRules {

	private final Partitions partitions;

	private final WellFormedParts parts;

	/** By partition, the pointer of the violation that lists its Regions. */
	private final Map<String, String> listedAt = new HashMap<>();

	RegionRules(Partitions partitions, WellFormedParts parts) {
		this.partitions = partitions;
		this.parts = parts;
	}

	/** The partition of an ARN, if it is known. */
	@Nullable String partition(@Nullable Arn arn) {
		return (arn != null && this.partitions.exists(arn.partition())) ? arn.partition() : null;
	}

	/** Checks that a Region exists in a partition. */
	void region(String partition, String region, String pointer) {
		if (!this.partitions.exists(partition)) {
			this.parts.violated(pointer, "There is no AWS partition %s.".formatted(shortened(partition)));
		}
		else if (!this.partitions.regions(partition).contains(region)) {
			this.parts.violated(pointer, "%s is not a Region that this service knows in the partition %s. %s"
				.formatted(shortened(region), partition, known(partition, pointer)));
		}
	}

	/** Checks that the Region of an ARN exists. */
	void region(Arn arn, String pointer) {
		region(arn.partition(), arn.region(), pointer);
	}

	// A request may name thousands of Regions, so the list is not repeated.
	private String known(String partition, String pointer) {
		String first = this.listedAt.putIfAbsent(partition, pointer);
		return (first != null) ? "The error at %s lists those it knows.".formatted(first)
				: "It knows %s; the setting distribute-image.aws.extra-regions adds others."
					.formatted(String.join(", ", this.partitions.regions(partition)));
	}

	/**
	 * Checks that an ARN is in the partition of the image.
	 * @return the ARN, or null if it is missing or in another partition
	 */
	@Nullable Arn inPartition(JsonNode node, String pointer, @Nullable String partition) {
		Arn arn = this.parts.arn(node, pointer);
		if (arn == null || partition == null || arn.partition().equals(partition)) {
			return arn;
		}
		this.parts.violated(pointer, "This ARN is in the partition %s, but the image is in %s."
			.formatted(shortened(arn.partition()), partition));
		return null;
	}

}
