package dev.distributeimage.run;

import java.util.function.IntSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;
import dev.distributeimage.run.intake.Turns;

/** Always somebody's turn. */
public class AnyTurn implements Turns {

	@Override
	public <T extends @Nullable Object> T take(Supplier<T> work) {
		return work.get();
	}

	@Override
	public void takeTogether(int atOnce, IntSupplier work) {
		assertThat(work.getAsInt()).isNotNegative();
	}

}
