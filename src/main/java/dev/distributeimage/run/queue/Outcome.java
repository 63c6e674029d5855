package dev.distributeimage.run.queue;

import java.time.Duration;

import dev.distributeimage.run.EventType;
import dev.distributeimage.run.Next;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.Term;
import org.jspecify.annotations.Nullable;

/**
 * A changed run, to be stored over the version that was read.
 *
 * @param claimed whether a worker holds the run
 */
record Outcome(Run run, int version, boolean claimed) {

	static Outcome of(Claim claim) {
		return new Outcome(claim.run(), claim.lease().version(), true);
	}

	/** The pause before the next call, or null if the run keeps its due time. */
	@Nullable Duration pause() {
		return (this.run.next() instanceof Next.After after) ? after.pause() : null;
	}

	/**
	 * The term of the image if the run has just begun to poll it, or null. A retried run
	 * may have stored it before.
	 */
	@Nullable String newTerm() {
		String image = this.run.outputs().imageBuildVersionArn();
		boolean begun = this.run.newEvents()
			.stream()
			.anyMatch((event) -> event.type() == EventType.STEP_BEGUN && event.step() == StepId.GET_IMAGE);
		return (begun && image != null) ? Term.ofImage(image).text() : null;
	}

}
