package dev.distributeimage.run;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/** The statuses of an image that are known, and what each means for its run. */
public enum ImageStatus {

	/** Waits to be built. */
	PENDING(null),

	/** The build's instance is being made. */
	CREATING(null),

	/** The recipe's components run. */
	BUILDING(null),

	/** The tests run. */
	TESTING(null),

	/** The image is copied to its Regions. */
	DISTRIBUTING(null),

	/** Launch templates, parameters and licences are set. */
	INTEGRATING(null),

	/** Done. */
	AVAILABLE(RunStatus.SUCCEEDED),

	/** Was available, and a lifecycle policy or an operator has deprecated it since. */
	DEPRECATED(RunStatus.SUCCEEDED),

	/** Was available, and a lifecycle policy or an operator has disabled it since. */
	DISABLED(RunStatus.SUCCEEDED),

	/** The build, a test or a copy failed. AMIs that were made all the same stay. */
	FAILED(RunStatus.FAILED),

	/** Cancelled in AWS. */
	CANCELLED(RunStatus.CANCELLED),

	/** Removed. */
	DELETED(RunStatus.FAILED);

	private static final Map<String, ImageStatus> BY_NAME = Stream.of(values())
		.collect(Collectors.toUnmodifiableMap(ImageStatus::name, Function.identity()));

	private final @Nullable RunStatus ends;

	ImageStatus(@Nullable RunStatus ends) {
		this.ends = ends;
	}

	/** How a run ends that sees this status, or null if it goes on. */
	@Nullable RunStatus ends() {
		return this.ends;
	}

	/** Whether an image that has this status was built before. */
	boolean isAfterBuild() {
		return this == TESTING || this == DISTRIBUTING || this == INTEGRATING;
	}

	/**
	 * The status of that name, or nothing where AWS has a word that is not known here.
	 */
	static Optional<ImageStatus> of(@Nullable String status) {
		return Optional.ofNullable(BY_NAME.get(String.valueOf(status)));
	}

}
