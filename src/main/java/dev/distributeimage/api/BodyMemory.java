package dev.distributeimage.api;

import java.util.concurrent.Semaphore;
import java.util.function.Function;

import dev.distributeimage.api.contract.JsonBody;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Caps the memory held by request bodies and what is parsed from them: a quarter of the
 * heap for all requests at once, those that wait for the database among them.
 */
@Component
class BodyMemory {

	private static final int KILOBYTE = 1024;

	/**
	 * The weight of a body, as a multiple of its length. Parsed, a usual request takes 5
	 * times its length and the worst case, nested empty objects, 40 times: at 20, even a
	 * flood of the latter leaves almost half of the heap free.
	 */
	private static final int WEIGHT = 20;

	private final int capacity;

	private final Semaphore kilobytes;

	private final Counter refused;

	@Autowired
	BodyMemory(MeterRegistry metrics) {
		this(Runtime.getRuntime().maxMemory() / 4, metrics);
	}

	BodyMemory(long bytes, MeterRegistry metrics) {
		this.capacity = (int) Math.min(bytes / KILOBYTE, Integer.MAX_VALUE);
		this.kilobytes = new Semaphore(this.capacity);
		this.refused = RequestLimiter.refused(metrics);
	}

	/**
	 * Reads the body of a request and holds its share of memory while it is used.
	 * @throws ProblemException if there is no memory left for it, or it cannot be JSON
	 */
	<T> T read(HttpServletRequest request, Function<byte[], T> use) {
		int share = share(request);
		if (!this.kilobytes.tryAcquire(share)) {
			this.refused.increment();
			throw new ProblemException(ProblemType.OVERLOADED,
					"There are too many large requests at the moment; this one was not carried out.");
		}
		try {
			return use.apply(JsonBody.read(request));
		}
		finally {
			this.kilobytes.release(share);
		}
	}

	// A body without a Content-Length counts as the largest. One that comes alone fits
	// into any heap.
	private int share(HttpServletRequest request) {
		long announced = request.getContentLengthLong();
		long length = (announced < 0) ? JsonBody.LIMIT : Math.min(announced, JsonBody.LIMIT);
		return (int) Math.min(WEIGHT * (length / KILOBYTE + 1), this.capacity);
	}

}
