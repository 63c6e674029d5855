package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;

import dev.distributeimage.imagebuilder.ImageBuilderException;
import dev.distributeimage.imagebuilder.ImageBuilderException.Remedy;
import dev.distributeimage.imagebuilder.ImageBuilders;
import dev.distributeimage.run.Certainty;
import dev.distributeimage.simulator.FaultRule;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.RecordedRequest;
import dev.distributeimage.simulator.RecordedRequest.Outcome;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.workflow.Observation.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The calls to the simulator, their troubles, and the answers that callers got: known
 * from the wire, not from the service.
 */
public final class TroubledCalls {

	/** No network delays a request for longer. */
	private static final Duration HELD_BACK = Duration.ofMinutes(50);

	private record Trap(Trouble trouble, FaultRule rule) {
	}

	private record StuckRequest(Instant sentAt, Runnable call) {
	}

	/** The result of a call, returned or thrown. */
	record Result<T>(String failing, Observation observation, @Nullable T answer, @Nullable RuntimeException thrown) {

		T get() {
			if (this.thrown != null) {
				throw this.thrown;
			}
			return Objects.requireNonNull(this.answer);
		}

	}

	private final Simulator simulator;

	private final InstantSource time;

	private final List<Trap> traps = new ArrayList<>();

	private final Map<Operation, Integer> toBeStuck = new EnumMap<>(Operation.class);

	private final Deque<StuckRequest> stuck = new ArrayDeque<>();

	private int befallen;

	TroubledCalls(Simulator simulator, InstantSource time) {
		this.simulator = simulator;
		this.time = time;
	}

	/** Makes the next calls of the operation meet this trouble. */
	void trouble(int times, Operation operation, Trouble trouble) {
		if (trouble.fault() != null) {
			this.traps.add(new Trap(trouble, this.simulator.onNext(times, operation, trouble.fault())));
		}
		else {
			this.toBeStuck.merge(operation, times, Integer::sum);
		}
	}

	/** Ends all trouble. */
	void end() {
		this.befallen = befallen();
		this.simulator.clearFaults();
		this.traps.clear();
		this.toBeStuck.clear();
	}

	/** The number of calls that met trouble. */
	int befallen() {
		return this.befallen + this.traps.stream().mapToInt((trap) -> trap.rule().hits()).sum();
	}

	/** Delivers delayed requests to AWS after their callers have given up. */
	void deliverWhatIsStuck() {
		while (!this.stuck.isEmpty()) {
			StuckRequest request = this.stuck.remove();
			if (request.sentAt().plus(HELD_BACK).isAfter(this.time.instant())) {
				deliver(request);
			}
		}
	}

	private static void deliver(StuckRequest request) {
		try {
			request.call().run();
		}
		catch (ImageBuilderException ex) {
			// The answer is lost.
		}
	}

	<T> Result<T> make(String operation, Supplier<T> call) {
		if (isStuck(operation)) {
			this.befallen++;
			this.stuck.add(new StuckRequest(this.time.instant(), () -> Objects.requireNonNull(call.get())));
			return new Result<>(operation, Trouble.STUCK.observation(operation), null,
					ImageBuilders.failure(operation, Remedy.RETRY, Certainty.UNKNOWN, null));
		}
		int requestsBefore = this.simulator.requests().size();
		List<Integer> hitsBefore = hits();
		try {
			T answer = call.get();
			return result(operation, requestsBefore, hitsBefore, answer, null);
		}
		catch (ImageBuilderException ex) {
			return result(operation, requestsBefore, hitsBefore, null, ex);
		}
	}

	private boolean isStuck(String operation) {
		return this.toBeStuck.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().wireName().equals(operation) && entry.getValue() > 0)
			.findAny()
			.map((entry) -> entry.setValue(entry.getValue() - 1))
			.isPresent();
	}

	private <T> Result<T> result(String operation, int requestsBefore, List<Integer> hitsBefore, @Nullable T answer,
			@Nullable RuntimeException thrown) {
		List<RecordedRequest> requests = this.simulator.requests();
		Observation observation = Observation.done();
		for (RecordedRequest request : requests.subList(requestsBefore, requests.size())) {
			observation = observation(request, hitsBefore).about(operation);
		}
		RecordedRequest last = requests.get(requests.size() - 1);
		return new Result<>(nameOf(last), observation, answer, thrown);
	}

	// A refusal is visible even if the answer is damaged, because the code is in a
	// header.
	private Observation observation(RecordedRequest request, List<Integer> hitsBefore) {
		Observation genuine = (request.status() == 200) ? Observation.done() : Observation.refusal(request.code());
		List<Integer> hits = hits();
		for (int i = 0; i < hits.size(); i++) {
			Trouble trouble = this.traps.get(i).trouble();
			if (hits.get(i) > hitsBefore.get(i) && trouble.befalls(operationOf(request))) {
				boolean refused = request.outcome() == Outcome.REFUSED && genuine.code() != null
						&& trouble.observation(nameOf(request)).code() == null && trouble.isDamage();
				return refused ? genuine : trouble.observation(nameOf(request));
			}
		}
		return genuine;
	}

	private List<Integer> hits() {
		return this.traps.stream().map((trap) -> trap.rule().hits()).toList();
	}

	private static Operation operationOf(RecordedRequest request) {
		return Objects.requireNonNull(request.operation());
	}

	private static String nameOf(RecordedRequest request) {
		return operationOf(request).wireName();
	}

	static boolean fits(Result<?> result) {
		return result.observation().is(Kind.DONE) == (result.thrown() == null);
	}

}
