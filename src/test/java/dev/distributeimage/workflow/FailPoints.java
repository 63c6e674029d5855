package dev.distributeimage.workflow;

import dev.distributeimage.Intercepted;
import dev.distributeimage.Intercepted.Call;
import dev.distributeimage.imagebuilder.ImageBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The moments at which a process may die: before and after each statement, each commit
 * and each call to AWS that it makes in the test's thread, numbered from 1. A process
 * that has died does nothing more, whoever catches what it died of.
 */
final class FailPoints {

	/** A number that no process comes to. */
	static final int NONE = Integer.MAX_VALUE;

	private @Nullable Thread process;

	private int fatal = NONE;

	private int passed;

	private @Nullable String death;

	/** From now on a new process is watched, which dies at the point of that number. */
	void begin(int fatalPoint) {
		this.process = Thread.currentThread();
		this.fatal = fatalPoint;
		this.passed = 0;
		this.death = null;
	}

	/** From now on nothing is watched. */
	void end() {
		this.process = null;
	}

	/** How many points the process has come to. */
	int passed() {
		return this.passed;
	}

	boolean isDead() {
		return this.death != null;
	}

	boolean isWatched() {
		return Thread.currentThread() == this.process;
	}

	/** The same service of AWS, whose calls have points around them. */
	ImageBuilder around(ImageBuilder imageBuilder) {
		return Intercepted.of(ImageBuilder.class, imageBuilder, this::around);
	}

	/** Makes a call that has a point before and one after it, however it ends. */
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

	/** The process is gone. Nothing in the service is to handle it. */
	private static final class Crash extends Error {

		private static final long serialVersionUID = 1L;

		Crash(String death) {
			super(death, null, false, false);
		}

	}

}
