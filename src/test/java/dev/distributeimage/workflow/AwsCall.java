package dev.distributeimage.workflow;

import java.time.Instant;
import java.util.Optional;

import dev.distributeimage.run.Image;
import dev.distributeimage.workflow.Observation.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A call of a run, and what its answer showed.
 *
 * @param operation the AWS operation
 * @param failing the operation that failed, if a search takes several
 * @param about the ARN or name that the call was about
 * @param token the client token, or null
 * @param answer the answer to a call that was carried out: an ARN, an image, a list or a
 * Boolean
 * @param at when the call was made
 * @param claimedAt when the worker claimed the run
 */
record AwsCall(String operation, String failing, String about, @Nullable String token, Observation observation,
		@Nullable Object answer, Instant at, Instant claimedAt) {

	@Nullable String arn() {
		Object found = (this.answer instanceof Optional<?> some) ? some.orElse(null) : this.answer;
		return (found instanceof String arn) ? arn : null;
	}

	Image image() {
		if (this.answer instanceof Image image) {
			return image;
		}
		throw new IllegalStateException(this + " shows no image");
	}

	/**
	 * Whether AWS may have carried it out without saying so. A read carries out nothing.
	 */
	boolean mayBeCarriedOut() {
		boolean read = this.operation.startsWith("Get") || this.operation.startsWith("List");
		return this.observation.is(Kind.UNSURE) && !read;
	}

	boolean isSo() {
		return Boolean.TRUE.equals(this.answer);
	}

	@Override
	public String toString() {
		return "%s %s%s: %s".formatted(this.operation, this.about, (this.token != null) ? " " + this.token : "",
				(this.answer instanceof Image image) ? image.status() : this.observation);
	}

}
