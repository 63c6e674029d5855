package dev.distributeimage.api.wire;

import java.util.Objects;

import dev.distributeimage.api.problem.ProblemException;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Caps the memory held by responses, and by what they are made from, until the last byte
 * is written. Responses of up to 8 KiB need no memory from here: the number of
 * connections bounds them. Responses of up to 64 KiB have a pool that larger ones cannot
 * use, so a few large responses never stop the many small ones.
 */
@Component
public class ResponseMemory {

	/** Size in bytes up to which a response is never refused. */
	static final int TINY = 8 * 1024;

	/** Size in bytes up to which a response belongs to the small ones. */
	public static final int SMALL = 64 * 1024;

	/**
	 * While a response is made, what was read and what is shown are in memory as well.
	 */
	private static final int MAKING = 3;

	private static final String SHARE = ResponseMemory.class.getName() + ".share";

	private final MemoryPool small;

	private final MemoryPool large;

	private final RefusedRequests refused;

	@Autowired
	ResponseMemory(RefusedRequests refused) {
		this(MemoryPool.ofHeap(1 / 16.0), MemoryPool.ofHeap(1 / 4.0), refused);
	}

	ResponseMemory(MemoryPool small, MemoryPool large, RefusedRequests refused) {
		this.small = small;
		this.large = large;
		this.refused = refused;
	}

	/** The memory of the response to a request. */
	public static Share of(HttpServletRequest request) {
		return (Share) Objects.requireNonNull(request.getAttribute(SHARE), "The ResponseFilter is missing");
	}

	/** The memory of the response to a request, which has none the first time. */
	Share share(HttpServletRequest request) {
		Share share = (Share) request.getAttribute(SHARE);
		if (share == null) {
			share = new Share();
			request.setAttribute(SHARE, share);
		}
		return share;
	}

	/** The memory of one response. */
	public final class Share {

		private MemoryPool from = ResponseMemory.this.small;

		private int held;

		private boolean closed;

		private Share() {
		}

		/**
		 * Takes as much memory as a response of this size needs, if it has less so far.
		 * @throws ProblemException if there is not enough left
		 */
		public void require(long bytes) {
			if (!tryRequire(bytes)) {
				throw ResponseMemory.this.refused.overloaded(
						"There are too many large responses at the moment. Try again, or request less at once.");
			}
		}

		/**
		 * Takes as much memory as a response of this size needs, if it has less so far.
		 * @return false if there is not enough left; then it keeps what it has
		 */
		public synchronized boolean tryRequire(long bytes) {
			if (bytes <= TINY || this.closed) {
				return true;
			}
			MemoryPool pool = (bytes <= SMALL) ? this.from : ResponseMemory.this.large;
			int wanted = pool.kilobytes(bytes);
			int already = (pool == this.from) ? this.held : 0;
			if (wanted <= already) {
				return true;
			}
			if (!pool.tryTake(wanted - already)) {
				return false;
			}
			if (pool != this.from) {
				this.from.giveBack(this.held);
				this.from = pool;
			}
			this.held = wanted;
			return true;
		}

		/**
		 * Takes the memory to make a response of this size from what was read.
		 * @throws ProblemException if there is not enough left
		 */
		public void requireToMake(long bytes) {
			require(MAKING * bytes);
		}

		/** Gives back what is no longer needed for a response of this size. */
		public synchronized void shrinkTo(long bytes) {
			int needed = (bytes <= TINY) ? 0 : this.from.kilobytes(bytes);
			if (needed < this.held) {
				this.from.giveBack(this.held - needed);
				this.held = needed;
			}
		}

		/** Gives everything back. */
		public void release() {
			shrinkTo(0);
		}

		/** Gives everything back, and takes nothing any more. */
		public synchronized void close() {
			release();
			this.closed = true;
		}

	}

}
