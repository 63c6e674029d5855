package dev.distributeimage.workflow;

import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.intake.StartResult;

/**
 * The service as its callers see it: a process dies where it is told to and another one
 * follows it, and a caller without an answer repeats the request.
 */
final class CrashingService {

	private final FailPoints points;

	private final Supplier<Engine> processes;

	/** The points at which the next processes die. */
	private final Iterator<Integer> deaths;

	private Engine process;

	private int died;

	/**
	 * Starts the first process.
	 * @param deaths the points at which the first processes die; the one after them lives
	 */
	CrashingService(FailPoints points, Supplier<Engine> processes, List<Integer> deaths) {
		this.points = points;
		this.processes = processes;
		this.deaths = deaths.iterator();
		this.process = start();
	}

	/** The number of processes that have died. */
	int died() {
		return this.died;
	}

	UUID post(NewRun asked) {
		return answer((engine) -> idOf(engine.ask(asked)));
	}

	private static UUID idOf(StartResult result) {
		if (result instanceof StartResult.Known known) {
			return known.run();
		}
		return ((StartResult.Started) result).run().id();
	}

	void cancel(UUID id) {
		answer((engine) -> engine.cancel(id));
	}

	void retry(UUID id) {
		answer((engine) -> engine.retry(id));
	}

	/** Requests the removal of the configuration that a run has left. */
	void remove(Supplier<UUID> leftover) {
		answer((engine) -> engine.remove(leftover.get()));
	}

	/** Lets time pass until the condition holds or all runs have ended. */
	void awaits(BooleanSupplier there) {
		answer((engine) -> {
			engine.runUntil(() -> this.points.isDead() || there.getAsBoolean());
			return engine;
		});
	}

	void awaitsTheEnd() {
		awaits(() -> false);
	}

	private <T> T answer(Function<Engine, T> request) {
		while (true) {
			try {
				T answer = request.apply(this.process);
				if (!this.points.isDead()) {
					return answer;
				}
			}
			catch (Throwable ex) {
				if (!this.points.isDead()) {
					throw ex;
				}
			}
			this.died++;
			this.process = start();
		}
	}

	private Engine start() {
		this.points.begin(this.deaths.hasNext() ? this.deaths.next() : FailPoints.NONE);
		return this.processes.get();
	}

}
