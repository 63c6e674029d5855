package dev.distributeimage.imagebuilder;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

import dev.distributeimage.aws.AwsSettings;
import dev.distributeimage.aws.Partitions;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

import org.springframework.stereotype.Component;

/**
 * Partitions and Regions known to the AWS SDK. A Region newer than the SDK is named in
 * the settings; its partition is the one whose pattern it matches.
 */
@Component
class AwsPartitions implements Partitions {

	// The SDK's patterns also accept capital letters and underscores.
	private static final Pattern REGION_CHARACTERS = Pattern.compile("[a-z0-9-]{1,64}");

	private final Map<String, SortedSet<String>> regions = new HashMap<>();

	AwsPartitions(AwsSettings settings) {
		// aws-global and its like are no Regions, but names of global endpoints.
		List<Region> known = Region.regions().stream().filter((region) -> !region.isGlobalRegion()).toList();
		known.forEach((region) -> add(region.id(), region.metadata().partition()));
		List<PartitionMetadata> partitions = known.stream().map((region) -> region.metadata().partition()).toList();
		settings.extraRegions().forEach((extra) -> add(extra, partitionOf(extra, partitions)));
	}

	private static PartitionMetadata partitionOf(String region, List<PartitionMetadata> partitions) {
		return partitions.stream()
			.filter((partition) -> REGION_CHARACTERS.matcher(region).matches()
					&& region.matches(partition.regionRegex()))
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException(
					"distribute-image.aws.extra-regions: %s does not have the form of a Region".formatted(region)));
	}

	private void add(String region, PartitionMetadata partition) {
		this.regions.computeIfAbsent(partition.id(), (id) -> new TreeSet<>()).add(region);
	}

	@Override
	public boolean exists(String partition) {
		return PartitionMetadata.of(partition) != null;
	}

	@Override
	public SortedSet<String> regions(String partition) {
		return Collections.unmodifiableSortedSet(this.regions.getOrDefault(partition, Collections.emptySortedSet()));
	}

}
