package dev.distributeimage.api.contract;

import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

import dev.distributeimage.aws.Partitions;

/** A world of two partitions and three Regions. */
final class TwoPartitions implements Partitions {

	@Override
	public boolean exists(String partition) {
		return partition.equals("aws") || partition.equals("aws-cn");
	}

	@Override
	public SortedSet<String> regions(String partition) {
		return new TreeSet<>(partition.equals("aws") ? Set.of("eu-west-1", "us-east-1") : Set.of("cn-north-1"));
	}

}
