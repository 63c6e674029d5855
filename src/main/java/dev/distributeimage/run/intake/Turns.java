package dev.distributeimage.run.intake;

import java.util.function.IntSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/** The connections that requests may use at once. None of the methods is to be nested. */
public interface Turns {

	/**
	 * Does the work of a request in its turn.
	 * @throws TurnRefusedException if that does not come soon
	 */
	<T extends @Nullable Object> T take(Supplier<T> work);

	/**
	 * Does the work of several requests in one turn.
	 * @param atOnce how many such turns there are at once at most
	 * @param work says how many requests it was for
	 * @throws TurnRefusedException if that does not come soon
	 */
	void takeTogether(int atOnce, IntSupplier work);

}
