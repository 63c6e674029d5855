package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.NewRunBuilder;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.workflow.LateWorkers.Until;
import org.jspecify.annotations.NullUnmarked;

/** Generates random sequences of callers' requests, events in AWS and failures. */
@NullUnmarked
final class RandomActions {

	private static final int MOST_RUNS = 3;

	private static final List<Operation> OPERATIONS = List.of(Operation.CREATE_DISTRIBUTION_CONFIGURATION,
			Operation.CREATE_DISTRIBUTION_CONFIGURATION, Operation.GET_DISTRIBUTION_CONFIGURATION,
			Operation.GET_DISTRIBUTION_CONFIGURATION, Operation.GET_IMAGE, Operation.GET_IMAGE,
			Operation.CANCEL_IMAGE_CREATION, Operation.CANCEL_IMAGE_CREATION, Operation.RETRY_IMAGE,
			Operation.RETRY_IMAGE, Operation.LIST_IMAGE_BUILD_VERSIONS, Operation.LIST_WORKFLOW_EXECUTIONS);

	private final Random random;

	private final ImageBuilder stranger;

	private final List<NewRun> asked = new ArrayList<>();

	private final List<RunKind> kinds = new ArrayList<>();

	RandomActions(long seed, ImageBuilder stranger) {
		this.random = new Random(seed);
		this.stranger = stranger;
		for (int i = 1; i <= MOST_RUNS; i++) {
			this.asked.add(asked(i));
		}
	}

	// A configuration that is reused may be that of another run, or not be there yet.
	private NewRun asked(int number) {
		String name = (number > 1 && oneIn(2)) ? "web-1" : "web-" + number;
		Duration deadline = pick(null, null, Duration.ofMinutes(5), Duration.ofMinutes(15));
		RunKind kind = pick(RunKind.values());
		this.kinds.add(kind);
		return kind.like(build(name, "token-" + number, deadline),
				Configurations.arn(pick(ModelWorld.EXISTING, ModelWorld.EXISTING, "web-1")));
	}

	List<Action> sequence() {
		List<Action> actions = new ArrayList<>();
		Duration pace = Duration.ofSeconds(pick(5, 20, 20, 45));
		boolean nameBeforeToken = oneIn(4);
		actions.add(new Action(
				"AWS changes a status every %s%s".formatted(pace,
						nameBeforeToken ? " and looks at names before tokens" : ""),
				(world) -> world.change(pace, nameBeforeToken)));
		actions.add(post(0));
		if (oneIn(2)) {
			actions.add(post(1));
		}
		if (oneIn(5)) {
			actions.addAll(oneIn(3) ? cancelThatFailsAtTheDeadline() : createThatIsRepeatedLate());
		}
		int length = 10 + this.random.nextInt(14);
		while (actions.size() < length) {
			actions.add(next());
		}
		return actions;
	}

	/**
	 * Rare among random actions: AWS has built an image, and the service has had no
	 * answer for over an hour.
	 */
	private List<Action> createThatIsRepeatedLate() {
		List<Action> actions = new ArrayList<>();
		if (oneIn(2)) {
			actions.add(nextImage(PlannedEnd.FAILS_IN_BUILD));
			actions.add(tick(Duration.ofMinutes(3)));
			actions.add(retry(0));
		}
		if (oneIn(2)) {
			actions.add(trouble(1, Operation.LIST_IMAGE_BUILD_VERSIONS, pick(Trouble.EMPTY, Trouble.BUSY)));
		}
		actions.add(trouble(1, imageOperation(0), pick(Trouble.BROKEN, Trouble.BUSY, Trouble.RESET_AFTERWARDS)));
		actions.add(tick(Duration.ZERO));
		actions.add(pass(Duration.ofMinutes(70)));
		return actions;
	}

	/** Also rare: the last known status of the image is out of date. */
	private List<Action> cancelThatFailsAtTheDeadline() {
		return List.of(tick(Duration.ZERO), trouble(1, Operation.CANCEL_IMAGE_CREATION, Trouble.BUSY), cancel(0),
				pass(Duration.ofHours(13)));
	}

	private Action next() {
		int run = Math.max(0, this.random.nextInt(2 * MOST_RUNS) - MOST_RUNS);
		int dice = this.random.nextInt(100);
		if (dice < 24) {
			return tick(pick(Duration.ZERO, Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofMinutes(1),
					Duration.ofMinutes(3)));
		}
		if (dice < 40) {
			return trouble();
		}
		if (dice < 56) {
			return ofCaller(run);
		}
		if (dice < 70) {
			return ofWorker();
		}
		return (dice < 82) ? ofAws(run) : ofTime(run);
	}

	private Action ofCaller(int run) {
		return switch (this.random.nextInt(8)) {
			case 0, 1 -> post(run);
			case 2 -> {
				NewRun first = this.asked.get(run);
				NewRun other = build("other", first.clientToken(), first.deadline());
				yield new Action("POST with the token of run %d and other inputs".formatted(run),
						(world) -> world.postOther(run, other));
			}
			case 3, 4 -> cancel(run);
			case 5 -> new Action("cancel run %d during its next call".formatted(run),
					(world) -> world.cancelDuringNextCall(run));
			default -> retry(run);
		};
	}

	private Action ofWorker() {
		if (oneIn(3)) {
			int which = this.random.nextInt(4);
			return new Action("worker %d, which was late, goes on".formatted(which), (world) -> world.goOn(which));
		}
		Until until = pick(Until.TAKEN, Until.CALLED, Until.CALLED, Until.STORED);
		return new Action("a worker stops when it has " + until, (world) -> world.stop(until));
	}

	private Action ofAws(int run) {
		if (oneIn(6)) {
			String name = "web-" + (1 + run);
			return new Action("somebody else takes the name " + name, (world) -> world.takeName(name, this.stranger));
		}
		if (oneIn(4)) {
			String status = pick("AVAILABLE", "FAILED", "CANCELLED", "DELETED");
			return new Action("the image of run %d becomes %s".formatted(run, status),
					(world) -> world.changeStatus(run, status));
		}
		return nextImage(pick(PlannedEnd.values()));
	}

	private static Action nextImage(PlannedEnd end) {
		return new Action("the next image: " + end, (world) -> world.nextImage(end));
	}

	private Action ofTime(int run) {
		if (oneIn(4)) {
			return new Action("what is stuck reaches AWS", ModelWorld::deliverWhatIsStuck);
		}
		if (oneIn(8)) {
			int answers = 1 + this.random.nextInt(2);
			return new Action("the database's next %d answers are lost".formatted(answers),
					(world) -> world.loseAnswersOfDatabase(answers));
		}
		if (oneIn(3)) {
			return retry(run);
		}
		return pass(pick(Duration.ofSeconds(20), Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMinutes(6),
				Duration.ofMinutes(70), Duration.ofHours(13)));
	}

	private static Action pass(Duration duration) {
		return new Action("nobody works for " + duration, (world) -> world.pass(duration));
	}

	private Action post(int run) {
		NewRun asked = this.asked.get(run);
		String configuration = String.valueOf(asked.input().distributionName());
		if (this.kinds.get(run).isReusing()) {
			configuration = String.valueOf(asked.input().options().distributionConfigurationArn());
		}
		return new Action("POST run %d, %s with %s, deadline %s".formatted(run, this.kinds.get(run), configuration,
				asked.deadline()), (world) -> world.post(run, asked));
	}

	private static NewRun build(String name, String token, Duration deadline) {
		NewRun named = NewRuns.named(name);
		return new NewRunBuilder(named).token(token).deadline(deadline).build();
	}

	private static Action cancel(int run) {
		return new Action("cancel run " + run, (world) -> world.cancel(run));
	}

	private static Action retry(int run) {
		return new Action("retry run " + run, (world) -> world.retry(run));
	}

	private static Action tick(Duration duration) {
		return new Action("the service works for " + duration, (world) -> world.tick(duration));
	}

	private Action trouble() {
		Operation operation = oneIn(4) ? imageOperation(this.random.nextInt(MOST_RUNS))
				: pick(OPERATIONS.toArray(Operation[]::new));
		Trouble trouble = pick(Trouble.values());
		while (!trouble.befalls(operation)) {
			trouble = pick(Trouble.values());
		}
		return trouble(pick(1, 1, 1, 2, 3), operation, trouble);
	}

	private Operation imageOperation(int run) {
		return this.kinds.get(run).imageOperation();
	}

	private static Action trouble(int times, Operation operation, Trouble trouble) {
		return new Action("%d × %s: %s".formatted(times, operation.wireName(), trouble),
				(world) -> world.trouble(times, operation, trouble));
	}

	private boolean oneIn(int many) {
		return this.random.nextInt(many) == 0;
	}

	@SafeVarargs
	private final <T> T pick(T... choice) {
		return choice[this.random.nextInt(choice.length)];
	}

}
