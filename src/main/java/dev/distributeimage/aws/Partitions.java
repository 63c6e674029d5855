package dev.distributeimage.aws;

import java.util.SortedSet;

/** Looks up AWS partitions and their Regions. */
public interface Partitions {

	/** Whether a partition with this id exists, such as {@code aws} or {@code aws-cn}. */
	boolean exists(String partition);

	/**
	 * The Regions of the partition that runs may name: those known to the AWS SDK, and
	 * those that {@code distribute-image.aws.extra-regions} adds.
	 */
	SortedSet<String> regions(String partition);

}
