package dev.distributeimage.run;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** The known statuses of an image, and the effect of each on its run. */
public enum ImageStatus {

	/** The build is queued. */
	PENDING(null),

	/** The build's instance is launched. */
	CREATING(null),

	/** The recipe's components run. */
	BUILDING(null),

	/** The tests run. */
	TESTING(null),

	/** The image is copied to its Regions. */
	DISTRIBUTING(null),

	/** Launch templates, parameters and licences are set. */
	INTEGRATING(null),

	/** The image is complete. */
	AVAILABLE(RunStatus.SUCCEEDED),

	/**
	 * The image became available, and a lifecycle policy or an operator later deprecated
	 * it.
	 */
	DEPRECATED(RunStatus.SUCCEEDED),

	/**
	 * The image became available, and a lifecycle policy or an operator later disabled
	 * it.
	 */
	DISABLED(RunStatus.SUCCEEDED),

	/** The build, a test or a copy failed. AMIs that exist already remain. */
	FAILED(RunStatus.FAILED),

	/** The image was cancelled in AWS. */
	CANCELLED(RunStatus.CANCELLED),

	/** The image was deleted. */
	DELETED(RunStatus.FAILED);

	private static final Map<String, ImageStatus> BY_NAME = Stream.of(values())
		.collect(Collectors.toUnmodifiableMap(ImageStatus::name, Function.identity()));

	private final @Nullable RunStatus ends;

	ImageStatus(@Nullable RunStatus ends) {
		this.ends = ends;
	}

	/** The status with which this ends a run, or null if the run continues. */
	@Nullable RunStatus ends() {
		return this.ends;
	}

	/** Whether this status comes after the build. */
	boolean isAfterBuild() {
		return this == TESTING || this == DISTRIBUTING || this == INTEGRATING;
	}

	/**
	 * Returns the status with the given name, or empty if this service does not know it.
	 */
	public static Optional<ImageStatus> of(@Nullable String status) {
		return Optional.ofNullable(BY_NAME.get(String.valueOf(status)));
	}

}
