package dev.distributeimage.api.wire;

import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.distributeimage.api.problem.DatabaseFailed;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Counts the requests that are answered 503 because there are too many, or because the
 * database is away.
 */
@Component
public class RefusedRequests {

	private final Map<ProblemType, Counter> counters;

	public RefusedRequests(MeterRegistry metrics) {
		this.counters = Stream.of(ProblemType.OVERLOADED, ProblemType.UNAVAILABLE, ProblemType.OUTCOME_UNKNOWN)
			.collect(Collectors.toUnmodifiableMap((type) -> type, (type) -> counter(type, metrics)));
	}

	private static Counter counter(ProblemType type, MeterRegistry metrics) {
		return Counter.builder("distribute.image.requests.refused")
			.description(
					"Requests answered 503, because there were too many or the database failed, by type of problem")
			.tag("reason", type.pathName())
			.register(metrics);
	}

	/** Counts a rejection, and returns the problem that ends the request. */
	public ProblemException overloaded(String detail) {
		return refused(ProblemType.OVERLOADED, detail);
	}

	/** Counts a rejection because the database cannot be reached. */
	public ProblemException unavailable(String detail) {
		return refused(ProblemType.UNAVAILABLE, detail);
	}

	private ProblemException refused(ProblemType type, String detail) {
		count(type);
		return new ProblemException(type, detail);
	}

	@EventListener
	public void on(DatabaseFailed failed) {
		if (this.counters.containsKey(failed.type())) {
			count(failed.type());
		}
	}

	private void count(ProblemType type) {
		Objects.requireNonNull(this.counters.get(type)).increment();
	}

}
