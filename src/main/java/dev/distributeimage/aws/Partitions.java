package dev.distributeimage.aws;

/** Looks up AWS partitions and the names of their Regions. */
public interface Partitions {

	/** Whether a partition with this id exists, such as {@code aws} or {@code aws-cn}. */
	boolean exists(String partition);

	/** Whether the name follows the partition's pattern for Regions. */
	boolean isRegion(String partition, String region);

}
