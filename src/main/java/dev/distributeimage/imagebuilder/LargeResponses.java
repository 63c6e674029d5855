package dev.distributeimage.imagebuilder;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The turn to read a response of over 1 MB: a mutex of the whole process. An image with
 * an AMI for each of thousands of accounts takes several times its size while it is read,
 * turned into values and stored, and many of them at once would exhaust the heap.
 * <p>
 * A thread takes the turn before it reads such a response. The turn ends with the
 * thread's next call, with a call that fails, or where the thread has {@link #hold} it,
 * once the values are stored.
 * <p>
 * <b>It blocks nobody for long.</b> A thread waits for a tenth of the attempt timeout.
 * Then it gives the response up, which counts as one that cannot be used and not as a
 * timeout, and asks again at the next poll. A sender that hangs has its connection
 * aborted by the attempt timeout, which also ends the turn; storing is bounded by half of
 * the lease. Waiting threads are served in order, so a Region that hangs over and over
 * keeps the others waiting, but not out. There is no deadlock: the thread that has the
 * turn waits for the network and the database only, and neither waits for the turn.
 */
public class LargeResponses {

	/** The size in bytes up to which responses need no turn. */
	static final int LARGE = 1024 * 1024;

	private static final int SHARE_OF_TIMEOUT = 10;

	private final Semaphore turn = new Semaphore(1, true);

	private final ThreadLocal<State> states = ThreadLocal.withInitial(State::new);

	private final Duration longestWait;

	/**
	 * Creates the turn, which nobody has.
	 * @param attemptTimeout the timeout of a call
	 */
	public LargeResponses(Duration attemptTimeout) {
		this.longestWait = attemptTimeout.dividedBy(SHARE_OF_TIMEOUT);
	}

	/** Keeps a turn that this thread takes from now on until {@link #handOver}. */
	public void hold() {
		this.states.get().holds = true;
	}

	/**
	 * Returns what ends the turn of this thread, or does nothing if it has none. Any
	 * thread may run it, once.
	 */
	public Runnable handOver() {
		State state = this.states.get();
		boolean taken = state.taken;
		this.states.remove();
		return taken ? this.turn::release : () -> {
		};
	}

	/**
	 * Takes the turn, unless this thread has it already.
	 * @throws UnreadResponseException if the turn does not come in time
	 * @throws InterruptedIOException if the call has timed out meanwhile
	 */
	void take() throws IOException {
		State state = this.states.get();
		if (state.taken) {
			return;
		}
		try {
			state.taken = this.turn.tryAcquire(this.longestWait.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("The call timed out while other large responses were being read");
		}
		if (!state.taken) {
			throw new UnreadResponseException(
					"The response is longer than 1 MB, and others like it were being read; it is asked for again");
		}
	}

	/**
	 * Ends the turn of this thread before its next call: the last response is used up.
	 */
	void next() {
		State state = this.states.get();
		if (state.taken) {
			state.taken = false;
			this.turn.release();
		}
	}

	/** Ends the turn of this thread after its call, unless it holds it. */
	void done() {
		if (!this.states.get().holds) {
			next();
		}
	}

	/** The state of a thread. */
	private static final class State {

		private boolean taken;

		private boolean holds;

	}

}
