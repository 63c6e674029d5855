package dev.distributeimage.api;

import java.util.concurrent.Semaphore;
import java.util.function.Function;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Keeps the bodies of all requests at once, those that wait for their turn among them,
 * within a quarter of the heap.
 */
@Component
class BodyRoom {

	private static final int KILOBYTE = 1024;

	private final Semaphore kilobytes;

	@Autowired
	BodyRoom() {
		this(Runtime.getRuntime().maxMemory() / 4);
	}

	BodyRoom(long bytes) {
		this.kilobytes = new Semaphore((int) Math.min(bytes / KILOBYTE, Integer.MAX_VALUE));
	}

	/**
	 * Reads the body of a request, for as long as it is used.
	 * @throws ProblemException if there is no room for it, or nothing that could be JSON
	 */
	<T> T read(HttpServletRequest request, Function<byte[], T> use) {
		int size = kilobytes(request);
		if (!this.kilobytes.tryAcquire(size)) {
			throw new ProblemException(ProblemType.OVERLOADED,
					"There are too many large requests at the moment; this one was not carried out.");
		}
		try {
			return use.apply(JsonBody.read(request));
		}
		finally {
			this.kilobytes.release(size);
		}
	}

	// One that does not tell its length may be as long as any.
	private static int kilobytes(HttpServletRequest request) {
		long length = request.getContentLengthLong();
		return (int) (((length < 0) ? JsonBody.LIMIT : Math.min(length, JsonBody.LIMIT)) / KILOBYTE) + 1;
	}

}
