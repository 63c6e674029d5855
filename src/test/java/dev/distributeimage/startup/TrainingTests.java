package dev.distributeimage.startup;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests what the compiler is shown while the AOT cache is recorded. */
class TrainingTests {

	private final AtomicInteger rehearsed = new AtomicInteger();

	@Test
	void rehearsalsAreRepeatedOftenEnoughForTheCompiler() {
		new Training(List.of(this.rehearsed::addAndGet)).afterSingletonsInstantiated();
		assertThat(this.rehearsed).hasValue(3_000);
	}

	@Test
	void rehearsalThatMissesTheDatabaseEndsNoOther() {
		Rehearsal withoutDatabase = (times) -> {
			throw new IOException("Connection refused");
		};
		new Training(List.of(withoutDatabase, this.rehearsed::addAndGet)).afterSingletonsInstantiated();
		assertThat(this.rehearsed.get()).isPositive();
	}

}
