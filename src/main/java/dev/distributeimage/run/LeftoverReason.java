package dev.distributeimage.run;

import java.util.Arrays;

import com.fasterxml.jackson.annotation.JsonValue;

/** Why a run no longer needs a resource that it created. */
public enum LeftoverReason {

	/** The run ended before its image was requested. */
	CREATE_IMAGE_FAILED("create-image-failed"),

	/** The run, or its image, was cancelled. */
	RUN_CANCELLED("run-cancelled"),

	/** The image failed, or was deleted. */
	IMAGE_FAILED("image-failed"),

	/**
	 * The run has moved on: an image was given up for a new one, or has succeeded and no
	 * longer needs its configuration.
	 */
	SUPERSEDED("superseded");

	private final String id;

	LeftoverReason(String id) {
		this.id = id;
	}

	/**
	 * Returns the reason of this name.
	 * @throws IllegalArgumentException if there is none
	 */
	public static LeftoverReason of(String id) {
		return Arrays.stream(values())
			.filter((reason) -> reason.id.equals(id))
			.findAny()
			.orElseThrow(() -> new IllegalArgumentException("Unknown reason: " + id));
	}

	@JsonValue
	@Override
	public String toString() {
		return this.id;
	}

}
