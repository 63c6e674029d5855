package dev.distributeimage.imagebuilder;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

import dev.distributeimage.aws.Partitions;
import software.amazon.awssdk.regions.PartitionMetadata;

import org.springframework.stereotype.Component;

/**
 * The partitions that the AWS SDK knows. A Region newer than the SDK is known by its
 * name's form.
 */
@Component
class AwsPartitions implements Partitions {

	private static final Pattern LETTERS = Pattern.compile("[a-z0-9-]+");

	private final Map<String, Pattern> regionNames = new ConcurrentHashMap<>();

	@Override
	public boolean exists(String partition) {
		return PartitionMetadata.of(partition) != null;
	}

	@Override
	public boolean isRegion(String partition, String region) {
		PartitionMetadata metadata = PartitionMetadata.of(partition);
		// The SDK's forms take capitals and underscores for letters.
		return metadata != null && LETTERS.matcher(region).matches()
				&& this.regionNames.computeIfAbsent(metadata.regionRegex(), Pattern::compile).matcher(region).matches();
	}

}
