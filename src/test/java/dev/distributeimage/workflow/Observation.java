package dev.distributeimage.workflow;

import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The meaning of an answer of AWS for the caller of an operation, in the terms of the
 * rules for repeats.
 *
 * @param code AWS's error code, or null
 */
public record Observation(Kind kind, @Nullable String code) {

	/** The meaning of an answer for the call. */
	enum Kind {

		/** The call was carried out, and the answer confirms it. */
		DONE,

		/** The call was not carried out, and may be repeated. */
		LATER,

		/** No reliable answer: the call may have been carried out. */
		UNSURE,

		/** The call cannot succeed until an operator intervenes. */
		SLOWLY,

		/** The call can never succeed as it is. */
		NEVER

	}

	/** Answers that AWS, without a fault in between, does not give forever. */
	private static final Set<String> PASSING = Set.of("ResourceInUseException", "ServiceQuotaExceededException");

	/**
	 * The meaning for a search for an image: an image that is listed but missing proves
	 * nothing.
	 */
	Observation about(String operation) {
		boolean listed = operation.equals("ListImageBuildVersions") && "ResourceNotFoundException".equals(this.code);
		return listed ? new Observation(Kind.UNSURE, null) : this;
	}

	static Observation done() {
		return new Observation(Kind.DONE, null);
	}

	/** The meaning of an error of the API itself. */
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
