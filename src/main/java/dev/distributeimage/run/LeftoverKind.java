package dev.distributeimage.run;

import java.util.Arrays;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonValue;

/** The kinds of things that runs leave in AWS. */
public enum LeftoverKind {

	/** A distribution configuration, which this service can remove. */
	DISTRIBUTION_CONFIGURATION("distribution-configuration"),

	/** An AMI, which this service never removes. */
	AMI("ami");

	private final String id;

	LeftoverKind(String id) {
		this.id = id;
	}

	/** The kind of this name; empty if there is none. */
	public static Optional<LeftoverKind> of(String id) {
		return Arrays.stream(values()).filter((kind) -> kind.id.equals(id)).findAny();
	}

	@JsonValue
	@Override
	public String toString() {
		return this.id;
	}

}
