package dev.distributeimage.run.queue;

import org.jspecify.annotations.Nullable;

/**
 * Marks that tell a run from others in the log and in traces.
 *
 * @param distributionName the name of the distribution configuration to create, or null
 * if there is none; known while the run has something left to create, and when it has
 * ended
 * @param traceParent the request that started the run, as the parent of its calls in a
 * trace (W3C Trace Context), or null if it was not traced
 */
public record Origin(@Nullable String distributionName, @Nullable String traceParent) {

	Origin named(@Nullable String distributionName) {
		return (distributionName != null) ? new Origin(distributionName, this.traceParent) : this;
	}

}
