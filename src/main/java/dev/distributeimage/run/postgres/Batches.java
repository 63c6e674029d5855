package dev.distributeimage.run.postgres;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Group commit: items that arrive while a batch is being stored form the next batch. A
 * single item is stored at once; no delay is added. One batch is stored at a time.
 */
public final class Batches<T, R> {

	private final Queue<Item<T, R>> waiting = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean storing = new AtomicBoolean();

	private final Limit<T> limit;

	private final Executor executor;

	private final Consumer<List<Item<T, R>>> store;

	/**
	 * The limit of a batch.
	 *
	 * @param items the maximum number of items
	 * @param weight the weight of an item
	 * @param heaviest the weight with which a batch is full
	 */
	public record Limit<T>(int items, ToLongFunction<T> weight, long heaviest) {
	}

	/**
	 * Creates batches.
	 * @param items the maximum number of items in a batch
	 * @param executor runs the storing
	 * @param store stores a batch
	 */
	public Batches(int items, Executor executor, Consumer<List<Item<T, R>>> store) {
		this(new Limit<>(items, (item) -> 0, Long.MAX_VALUE), executor, store);
	}

	/**
	 * Creates batches.
	 * @param executor runs the storing
	 * @param store stores a batch and completes its items; an item that it does not
	 * complete fails
	 */
	public Batches(Limit<T> limit, Executor executor, Consumer<List<Item<T, R>>> store) {
		this.limit = limit;
		this.executor = executor;
		this.store = store;
	}

	/**
	 * An item of a batch.
	 *
	 * @param result completes when the item is stored or has failed
	 */
	public record Item<T, R>(T value, CompletableFuture<R> result) {
	}

	/** Adds an item to the next batch. */
	public Item<T, R> add(T value) {
		Item<T, R> item = new Item<>(value, new CompletableFuture<>());
		this.waiting.add(item);
		if (this.storing.compareAndSet(false, true)) {
			execute();
		}
		return item;
	}

	// An executor that rejects the task was shut down: these are the last items.
	private void execute() {
		try {
			this.executor.execute(this::storeAll);
		}
		catch (RejectedExecutionException ex) {
			storeAll();
		}
	}

	/** Withdraws an item, unless its batch has begun. */
	public boolean withdraw(Item<T, R> item) {
		return this.waiting.remove(item);
	}

	/** The number of items that wait for their batch. */
	public int waiting() {
		return this.waiting.size();
	}

	private void storeAll() {
		do {
			try {
				for (List<Item<T, R>> batch = next(); !batch.isEmpty(); batch = next()) {
					store(batch);
				}
			}
			finally {
				this.storing.set(false);
			}
		}
		while (!this.waiting.isEmpty() && this.storing.compareAndSet(false, true));
	}

	private List<Item<T, R>> next() {
		List<Item<T, R>> batch = new ArrayList<>();
		long weight = 0;
		while (batch.size() < this.limit.items() && weight < this.limit.heaviest()) {
			Item<T, R> item = this.waiting.poll();
			if (item == null) {
				break;
			}
			batch.add(item);
			weight += this.limit.weight().applyAsLong(item.value());
		}
		return batch;
	}

	// An Error must not leave callers waiting either.
	private void store(List<Item<T, R>> batch) {
		try {
			this.store.accept(batch);
		}
		catch (Throwable ex) {
			batch.forEach((item) -> item.result().completeExceptionally(ex));
		}
		for (Item<T, R> item : batch) {
			if (!item.result().isDone()) {
				item.result().completeExceptionally(new IllegalStateException("The batch did not complete the item"));
			}
		}
	}

}
