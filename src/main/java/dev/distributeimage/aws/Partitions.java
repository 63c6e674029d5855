package dev.distributeimage.aws;

/** What is known of AWS's partitions. */
public interface Partitions {

	/** Whether there is a partition of this id, such as {@code aws} or {@code aws-cn}. */
	boolean exists(String partition);

	/** Whether this is how Regions of that partition are named. */
	boolean isRegion(String partition, String region);

}
