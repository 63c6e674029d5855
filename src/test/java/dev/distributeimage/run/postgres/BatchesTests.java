package dev.distributeimage.run.postgres;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

import dev.distributeimage.run.postgres.Batches.Item;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BatchesTests {

	private final Queue<Runnable> tasks = new ArrayDeque<>();

	private final List<List<String>> stored = new ArrayList<>();

	private final Batches<String, String> batches = new Batches<>(3, this.tasks::add, this::store);

	private void store(List<Item<String, String>> batch) {
		this.stored.add(batch.stream().map(Item::value).toList());
		for (Item<String, String> item : batch) {
			switch (item.value()) {
				case "bad" -> throw new IllegalArgumentException("bad");
				case "fatal" -> throw new OutOfMemoryError("fatal");
				case "forgotten" -> {
					// Nobody completes it.
				}
				default -> item.result().complete(item.value() + " stored");
			}
		}
	}

	@Test
	void itemsThatComeWhileABatchIsStoredGoIntoTheNext() {
		List<CompletableFuture<String>> results = List.of("a", "b", "c", "d")
			.stream()
			.map((item) -> this.batches.add(item).result())
			.toList();
		assertThat(this.tasks).as("one batch at a time").hasSize(1);
		this.tasks.remove().run();
		assertThat(this.stored).containsExactly(List.of("a", "b", "c"), List.of("d"));
		assertThat(results).extracting(CompletableFuture::join)
			.containsExactly("a stored", "b stored", "c stored", "d stored");
	}

	@Test
	void batchIsFullOnceItIsHeavy() {
		Batches<String, String> heavy = new Batches<>(new Batches.Limit<>(10, String::length, 4), this.tasks::add,
				this::store);
		List.of("aa", "b", "cc", "d", "eeeeee", "f").forEach(heavy::add);
		this.tasks.remove().run();
		assertThat(this.stored).containsExactly(List.of("aa", "b", "cc"), List.of("d", "eeeeee"), List.of("f"));
	}

	@Test
	void errorLeavesNobodyWaitingAndTheNextBatchIsStored() {
		List<CompletableFuture<String>> results = List.of("a", "fatal", "c", "d")
			.stream()
			.map((item) -> this.batches.add(item).result())
			.toList();
		this.tasks.remove().run();
		assertThat(results).extracting(CompletableFuture::isCompletedExceptionally)
			.containsExactly(false, true, true, false);
	}

	@Test
	void exceptionFailsWhatItLeftUndone() {
		CompletableFuture<String> before = this.batches.add("a").result();
		CompletableFuture<String> bad = this.batches.add("bad").result();
		this.tasks.remove().run();
		assertThat(before).isCompletedWithValue("a stored");
		assertThat(bad).isCompletedExceptionally();
	}

	@Test
	void itemThatIsForgottenFails() {
		CompletableFuture<String> forgotten = this.batches.add("forgotten").result();
		this.tasks.remove().run();
		assertThat(forgotten).isCompletedExceptionally();
	}

	@Test
	void itemIsWithdrawnOnlyBeforeItsBatch() {
		Item<String, String> first = this.batches.add("a");
		Item<String, String> second = this.batches.add("b");
		assertThat(this.batches.withdraw(second)).isTrue();
		this.tasks.remove().run();
		assertThat(this.stored).containsExactly(List.of("a"));
		assertThat(this.batches.withdraw(first)).isFalse();
		assertThat(second.result()).isNotDone();
	}

	@Test
	void lastItemsAreStoredWhenTheExecutorHasShutDown() {
		Batches<String, String> last = new Batches<>(3, (task) -> {
			throw new RejectedExecutionException();
		}, this::store);
		assertThat(last.add("a").result()).isCompletedWithValue("a stored");
	}

}
