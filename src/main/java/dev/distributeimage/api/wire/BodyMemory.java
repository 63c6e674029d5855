package dev.distributeimage.api.wire;

import java.util.function.Function;

import dev.distributeimage.api.contract.JsonBody;
import dev.distributeimage.api.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Caps the memory held by request bodies and what is parsed from them, those that wait
 * for the database among them.
 */
@Component
public class BodyMemory {

	/**
	 * The weight of a body, as a multiple of its length. Parsed, a usual request takes 5
	 * times its length and the worst case, nested empty objects, 40 times: at 20, even a
	 * flood of the latter leaves almost half of the heap free.
	 */
	private static final int WEIGHT = 20;

	private static final int KILOBYTE = 1024;

	private final MemoryPool parsed;

	private final MemoryPool arriving;

	private final RefusedRequests refused;

	@Autowired
	BodyMemory(RefusedRequests refused) {
		this(MemoryPool.ofHeap(1 / 4.0), MemoryPool.ofHeap(1 / 16.0), refused);
	}

	BodyMemory(MemoryPool parsed, MemoryPool arriving, RefusedRequests refused) {
		this.parsed = parsed;
		this.arriving = arriving;
		this.refused = refused;
	}

	/**
	 * The memory for bodies that are not complete. It is taken as they arrive, and apart,
	 * so that slow senders leave room for bodies that arrive at once.
	 */
	MemoryPool arriving() {
		return this.arriving;
	}

	/**
	 * Reads the body of a request and holds its share of memory while it is used.
	 * @throws ProblemException if there is no memory left for it, or it cannot be JSON
	 */
	public <T> T read(HttpServletRequest request, Function<byte[], T> use) {
		byte[] body = JsonBody.read(request);
		int share = this.parsed.kilobytes(WEIGHT * KILOBYTE * (body.length / KILOBYTE + 1L));
		if (!this.parsed.tryTake(share)) {
			throw this.refused
				.overloaded("There are too many large requests at the moment; this one was not carried out.");
		}
		try {
			return use.apply(body);
		}
		finally {
			this.parsed.giveBack(share);
		}
	}

}
