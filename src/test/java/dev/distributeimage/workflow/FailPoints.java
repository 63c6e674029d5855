package dev.distributeimage.workflow;

import dev.distributeimage.Intercepted;
import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.imagebuilder.ImageBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The points at which a process may die: before and after each statement, each commit and
 * each call to AWS in the test's thread, numbered from 1. A dead process does nothing
 * more, even if the exception is caught.
 */
final class FailPoints {

	/** A number that no process reaches. */
	static final int NONE = Integer.MAX_VALUE;

	private @Nullable Thread process;

	private int fatal = NONE;

	private int passed;

	private @Nullable String death;

	/** Starts to watch a new process, which dies at the point with this number. */
	void begin(int fatalPoint) {
		this.process = Thread.currentThread();
		this.fatal = fatalPoint;
		this.passed = 0;
		this.death = null;
	}

	/** Stops watching. */
	void end() {
		this.process = null;
	}

	/** The number of points that the process has reached. */
	int passed() {
		return this.passed;
	}

	boolean isDead() {
		return this.death != null;
	}

	boolean isWatched() {
		return Thread.currentThread() == this.process;
	}

	/** Returns the same AWS service, with points around its calls. */
	ImageBuilder around(ImageBuilder imageBuilder) {
		return Intercepted.of(ImageBuilder.class, imageBuilder, this::around);
	}

	/** Makes a call with a point before and a point after it, however it ends. */
	@Nullable Object around(Call call) throws Throwable {
		pass("before", call);
		try {
			return call.make();
		}
		finally {
			pass("after", call);
		}
	}

	private void pass(String when, Call call) {
		if (!isWatched()) {
			return;
		}
		if (this.death == null && ++this.passed == this.fatal) {
			this.death = when + " " + call.name();
		}
		if (this.death != null) {
			throw new Crash(this.death);
		}
	}

	/** The process is dead. No handler in the service may catch this. */
	private static final class Crash extends Error {

		private static final long serialVersionUID = 1L;

		Crash(String death) {
			super(death, null, false, false);
		}

	}

}
