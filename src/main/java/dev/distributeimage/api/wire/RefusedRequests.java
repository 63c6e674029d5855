package dev.distributeimage.api.wire;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.stereotype.Component;

/** Counts the requests that are rejected because there are too many. */
@Component
public class RefusedRequests {

	private final Counter counter;

	public RefusedRequests(MeterRegistry metrics) {
		this.counter = Counter.builder("distribute.image.requests.refused")
			.description("Requests rejected because there were too many")
			.register(metrics);
	}

	/** Counts a rejection, and returns the problem that ends the request. */
	public ProblemException overloaded(String detail) {
		return refused(ProblemType.OVERLOADED, detail);
	}

	/** Counts a rejection with a problem of another type. */
	public ProblemException refused(ProblemType type, String detail) {
		this.counter.increment();
		return new ProblemException(type, detail);
	}

}
