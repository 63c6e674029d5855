package dev.distributeimage.workflow;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * What AWS told the caller of an operation, in the words of the rules for repeating
 * calls.
 *
 * @param code AWS's error code, where there was one
 */
public record Observation(Kind kind, @Nullable String code) {

	/** What an answer means for the call. */
	enum Kind {

		/** It was carried out, and the answer says so. */
		DONE,

		/** Not now; it was not carried out. */
		LATER,

		/** Nothing that can be relied on: it may have been carried out. */
		UNSURE,

		/** Not before somebody has done something about it. */
		SLOWLY,

		/** Never as it is. */
		NEVER

	}

	/** What AWS itself, without a fault in between, will not refuse for ever. */
	private static final Set<String> PASSING = Set.of("ResourceInUseException", "ServiceQuotaExceededException");

	/** What it says to who looks for an image: one listed and missing says nothing. */
	Observation about(String operation) {
		boolean listed = operation.equals("ListImageBuildVersions") && "ResourceNotFoundException".equals(this.code);
		return listed ? new Observation(Kind.UNSURE, null) : this;
	}

	static Observation done() {
		return new Observation(Kind.DONE, null);
	}

	/** What an error of the API's own tells. */
	static Observation refusal(@Nullable String code) {
		return new Observation(PASSING.contains(String.valueOf(code)) ? Kind.SLOWLY : Kind.NEVER, code);
	}

	boolean is(Kind other) {
		return this.kind == other;
	}

	boolean says(String other) {
		return other.equals(this.code);
	}

	@Override
	public String toString() {
		return (this.code != null) ? this.kind + " " + this.code : this.kind.toString();
	}

}
