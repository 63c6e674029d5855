package dev.distributeimage.imagebuilder;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import dev.distributeimage.aws.Partitions;
import software.amazon.awssdk.regions.PartitionMetadata;

import org.springframework.stereotype.Component;

/**
 * Partitions known to the AWS SDK. A Region newer than the SDK is recognized by the
 * pattern of its partition's Region names.
 */
@Component
class AwsPartitions implements Partitions {

	private static final Pattern REGION_CHARACTERS = Pattern.compile("[a-z0-9-]{1,64}+");

	private final Map<String, Pattern> regionNames = new ConcurrentHashMap<>();

	@Override
	public boolean exists(String partition) {
		return PartitionMetadata.of(partition) != null;
	}

	@Override
	public boolean isRegion(String partition, String region) {
		PartitionMetadata metadata = PartitionMetadata.of(partition);
		// The SDK's patterns also accept capital letters and underscores.
		return metadata != null && REGION_CHARACTERS.matcher(region).matches()
				&& this.regionNames.computeIfAbsent(metadata.regionRegex(), Pattern::compile).matcher(region).matches();
	}

}
