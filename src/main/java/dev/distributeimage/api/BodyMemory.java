package dev.distributeimage.api;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import dev.distributeimage.api.contract.JsonBody;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;

/**
 * Keeps the bodies of all requests at once, those that wait for their turn among them,
 * within a quarter of the heap, and what is made of them within another.
 */
@Component
class BodyMemory {

	private static final int KILOBYTE = 1024;

	/** How much more room a body takes once it is taken apart: most take less. */
	private static final int APART = 16;

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

	private final Semaphore kilobytes;

	private final int allApart;

	private final Semaphore kilobytesApart;

	@Autowired
	BodyMemory() {
		this(Runtime.getRuntime().maxMemory() / 4, Runtime.getRuntime().maxMemory() / 4 / APART);
	}

	/**
	 * Has so much room.
	 * @param bytes for bodies as they come
	 * @param bytesApart for those that are taken apart
	 */
	BodyMemory(long bytes, long bytesApart) {
		this.kilobytes = new Semaphore((int) Math.min(bytes / KILOBYTE, Integer.MAX_VALUE));
		this.allApart = (int) Math.min(bytesApart / KILOBYTE, Integer.MAX_VALUE);
		this.kilobytesApart = new Semaphore(this.allApart, true);
	}

	/**
	 * Reads the body of a request, for as long as it is used.
	 * @throws ProblemException if there is no room for it, or nothing that could be JSON
	 */
	<T> T read(HttpServletRequest request, Function<byte[], T> use) {
		int size = kilobytes(request);
		if (!this.kilobytes.tryAcquire(size)) {
			throw refusal();
		}
		try {
			byte[] body = JsonBody.read(request);
			return apart(Math.min(body.length / KILOBYTE + 1, this.allApart), () -> use.apply(body));
		}
		finally {
			this.kilobytes.release(size);
		}
	}

	// A body that is there is used soon, so that the room for it is worth a wait.
	private <T> T apart(int size, Supplier<T> use) {
		if (!isRoomWithinWait(size)) {
			throw refusal();
		}
		try {
			return use.get();
		}
		finally {
			this.kilobytesApart.release(size);
		}
	}

	private boolean isRoomWithinWait(int size) {
		try {
			return this.kilobytesApart.tryAcquire(size, LONGEST_WAIT.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	private static ProblemException refusal() {
		return new ProblemException(ProblemType.OVERLOADED,
				"There are too many large requests at the moment; this one was not carried out.");
	}

	// One that does not tell its length may be as long as any.
	private static int kilobytes(HttpServletRequest request) {
		long length = request.getContentLengthLong();
		return (int) (((length < 0) ? JsonBody.LIMIT : Math.min(length, JsonBody.LIMIT)) / KILOBYTE) + 1;
	}

}
