package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.imagebuilder.ImageBuilder;
import dev.distributeimage.run.LosingDataSource;
import dev.distributeimage.run.NewRun;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.intake.CancelResult;
import dev.distributeimage.run.intake.RetryResult;
import dev.distributeimage.run.intake.StartResult;
import dev.distributeimage.run.postgres.OutcomeUnknownException;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.SimulatedImage;
import dev.distributeimage.simulator.Simulator;
import dev.distributeimage.workflow.LateWorkers.Until;
import dev.distributeimage.workflow.Observation.Kind;
import dev.distributeimage.workflow.TroubledCalls.Result;
import dev.distributeimage.workflow.WatchedImageBuilder.Watcher;
import org.jspecify.annotations.NullUnmarked;
import org.slf4j.MDC;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The service, AWS and the model side by side, for one sequence: carries out actions on
 * the service, reports them to the model, and records where they differ.
 */
@NullUnmarked
final class ModelWorld implements Watcher {

	/** The name of a configuration that is there from the beginning. */
	static final String EXISTING = "existing";

	private static final int MOST_STEPS = 500;

	private static final int STEPS_TO_THE_END = 12;

	final Figures figures;

	private final JdbcClient jdbc;

	private final VirtualTime time;

	private final Simulator simulator;

	private final LosingDataSource database;

	private final Engine engine;

	private final TroubledCalls aws;

	private final Complaints complaints = new Complaints();

	private final Map<Integer, ExpectedRun> runs = new LinkedHashMap<>();

	private final List<ExpectedRun> models = new ArrayList<>();

	private final LateWorkers lateWorkers;

	private final Set<UUID> cancelledDuringCall = new HashSet<>();

	private final AwsPromises promises;

	private Map<UUID, ObservedRun> seen = new HashMap<>();

	private int answersToLose;

	/** Creates a world without runs and with nothing in AWS. */
	ModelWorld(BeanFactory beans, LosingDataSource database, VirtualTime time, Simulator simulator,
			ImageBuilder imageBuilder, Figures figures, long seed) {
		this.jdbc = JdbcClient.create(Objects.requireNonNull(database.getTargetDataSource()));
		this.database = database;
		this.time = time;
		this.simulator = simulator;
		this.figures = figures;
		this.aws = new TroubledCalls(simulator, time);
		this.promises = new AwsPromises(simulator, this.models, this.complaints);
		this.engine = new Engine(beans, time, new WatchedImageBuilder(imageBuilder, this), seed);
		this.lateWorkers = new LateWorkers(this.engine, time, this::model, (id) -> observed().get(id), this.complaints);
		simulator.reset();
		simulator.change((settings) -> settings.withNameBeforeToken(false)
			.withPace(Duration.ofSeconds(20))
			.withTokenLifetime(Duration.ofMinutes(65)));
		imageBuilder.createDistributionConfiguration(Configurations.other(EXISTING));
		TestPostgres.empty(this.jdbc);
	}

	/** The differences that the model does not explain. */
	List<String> complaints() {
		return this.complaints.all();
	}

	// Actions.

	/** Posts a run, and repeats it once if the outcome is unknown. */
	void post(int number, NewRun asked) {
		ExpectedRun known = this.runs.get(number);
		StartResult result = repeatedWhileUnknown(() -> this.engine.ask(asked));
		if (known != null) {
			this.complaints.unless(result instanceof StartResult.Known same && same.run().equals(known.id),
					"The repeated POST is answered %s", result);
			return;
		}
		this.figures.runs++;
		UUID id = (result instanceof StartResult.Known same) ? same.run() : ((StartResult.Started) result).run().id();
		ExpectedRun model = new ExpectedRun(id, ExpectedRequest.of(asked), this.models, this.complaints);
		model.accepted(this.time.instant());
		this.runs.put(number, model);
		this.models.add(model);
	}

	/** Posts other inputs with a known token. */
	void postOther(int number, NewRun asked) {
		if (this.runs.containsKey(number)) {
			StartResult result = repeatedWhileUnknown(() -> this.engine.ask(asked));
			this.complaints.unless(result instanceof StartResult.TokenReused,
					"The POST with other inputs is answered %s", result);
		}
	}

	void cancel(int number) {
		ExpectedRun model = this.runs.get(number);
		if (model != null) {
			cancel(model);
		}
	}

	private void cancel(ExpectedRun model) {
		Class<? extends CancelResult> expected = model.cancelled(this.time.instant());
		CancelResult answer = repeatedWhileUnknown(() -> this.engine.cancel(model.id));
		this.complaints.unless(expected.isInstance(answer), "The cancel is answered %s instead of %s", answer,
				expected);
	}

	/** Requests a cancel during a call of the run. */
	void cancelDuringNextCall(int number) {
		ExpectedRun model = this.runs.get(number);
		if (model != null) {
			this.cancelledDuringCall.add(model.id);
		}
	}

	void retry(int number) {
		ExpectedRun model = this.runs.get(number);
		if (model == null) {
			return;
		}
		RunStatus before = model.status;
		boolean expected = before != RunStatus.RUNNING && before != RunStatus.SUCCEEDED;
		if (expected) {
			String plan = this.engine.planOfRetry(model.id).action().toString();
			String right = model.retried(this.time.instant()).toString();
			this.complaints.unless(plan.equals(right), "The retry is to do %s instead of %s", plan, right);
		}
		boolean[] unknown = { false };
		RetryResult answer = repeatedWhileUnknown(() -> this.engine.retry(model.id), () -> unknown[0] = true);
		RunStatus refused = (answer instanceof RetryResult.Refused refusal) ? refusal.status() : null;
		boolean done = answer instanceof RetryResult.Retried || (unknown[0] && refused == RunStatus.RUNNING);
		this.complaints.unless(done == expected, "The retry of a run that is %s is answered %s", before, answer);
		this.complaints.unless(expected || refused == before, "The retry of a run that is %s is answered %s", before,
				answer);
	}

	private <T> T repeatedWhileUnknown(Supplier<T> request) {
		return repeatedWhileUnknown(request, () -> {
		});
	}

	private <T> T repeatedWhileUnknown(Supplier<T> request, Runnable whenUnknown) {
		this.database.lose(this.answersToLose);
		this.answersToLose = 0;
		Optional<T> answer = Optional.empty();
		while (answer.isEmpty()) {
			answer = answered(request);
			if (answer.isEmpty()) {
				whenUnknown.run();
			}
		}
		this.database.lose(0);
		return answer.get();
	}

	private static <T> Optional<T> answered(Supplier<T> request) {
		try {
			return Optional.of(request.get());
		}
		catch (OutcomeUnknownException | DataAccessException ex) {
			return Optional.empty();
		}
	}

	/** Lets time pass while the service works. */
	void tick(Duration duration) {
		Instant end = this.time.instant().plus(duration);
		this.database.lose(this.answersToLose);
		this.answersToLose = 0;
		this.engine.tickOnce();
		int steps = 0;
		for (Instant next = nextDue(); !next.isAfter(end) && steps < MOST_STEPS; next = nextDue()) {
			this.time.passTo(next);
			this.engine.tickOnce();
			steps++;
		}
		this.complaints.unless(steps < MOST_STEPS, "The service does not come to rest");
		this.database.lose(0);
		this.time.passTo(end);
	}

	/** Lets time pass without workers. */
	void pass(Duration duration) {
		this.time.pass(duration);
	}

	// A worker measures the time to the deadline by another clock. Just before a deadline
	// either clock may be right.
	private Instant nextDue() {
		Instant next = this.engine.nextDue().orElse(Instant.MAX);
		return this.seen.values()
			.stream()
			.map(ObservedRun::deadline)
			.filter((deadline) -> deadline.isAfter(next) && deadline.minusSeconds(2).isBefore(next))
			.max(Comparator.naturalOrder())
			.orElse(next);
	}

	/** Claims a run for a worker and lets it do this much. */
	void stop(Until until) {
		this.figures.crashes += this.lateWorkers.stop(until) ? 1 : 0;
	}

	/** Lets a late worker continue. */
	void goOn(int which) {
		this.lateWorkers.resume(which);
	}

	void nextImage(PlannedEnd end) {
		this.simulator.nextImage(end.ending());
	}

	/** Changes the status of a run's image at once. */
	void changeStatus(int number, String status) {
		ExpectedRun model = this.runs.get(number);
		if (model != null && model.imageArn != null) {
			SimulatedImage image = this.simulator.image(model.imageArn);
			boolean ended = image.hasEnded();
			if (!ended || (!image.isGone() && "AVAILABLE".equals(image.status()))) {
				image.becomes(ended ? "DEPRECATED" : status);
			}
		}
	}

	void trouble(int times, Operation operation, Trouble trouble) {
		this.aws.trouble(times, operation, trouble);
	}

	void deliverWhatIsStuck() {
		this.aws.deliverWhatIsStuck();
	}

	void loseAnswersOfDatabase(int answers) {
		this.answersToLose = answers;
		this.figures.faults += answers;
	}

	void change(Duration pace, boolean nameBeforeToken) {
		this.simulator.change((settings) -> settings.withPace(pace).withNameBeforeToken(nameBeforeToken));
	}

	/** Creates another owner's configuration with this name. */
	void takeName(String name, ImageBuilder stranger) {
		try {
			stranger.createDistributionConfiguration(Configurations.other(name));
		}
		catch (RuntimeException ex) {
			// A run has it already.
		}
	}

	/** Ends all trouble, and lets every run end. */
	void comeToTheEnd() {
		this.aws.end();
		this.lateWorkers.die();
		check();
		goOnFor(STEPS_TO_THE_END);
		this.seen.values()
			.stream()
			.filter(ObservedRun::isRunning)
			.map(ObservedRun::deadline)
			.max(Comparator.naturalOrder())
			.ifPresent(this.time::passTo);
		goOnFor(STEPS_TO_THE_END);
		check();
		this.seen.values()
			.forEach((run) -> this.complaints.unless(!run.isRunning(), "Run %s has not ended past its deadline",
					run.id()));
		this.figures.faults += this.aws.befallen();
		this.figures.calls += this.simulator.requests().size();
		this.figures.builds += this.simulator.builds();
	}

	private void goOnFor(int steps) {
		this.engine.tickOnce();
		for (int i = 0; i < steps && !nextDue().equals(Instant.MAX); i++) {
			this.time.passTo(nextDue());
			this.engine.tickOnce();
		}
		this.seen = observed();
	}

	// Effects of the service's calls.

	@Override
	public <T> T makes(String operation, String about, String token, Supplier<T> call) {
		UUID id = UUID.fromString(MDC.get("runId"));
		ExpectedRun model = model(id);
		if (!this.lateWorkers.isAtWork() && !model.goesOnWith(operation)) {
			model.taken();
		}
		Instant at = this.time.instant();
		model.calls(operation, token, at);
		if (this.cancelledDuringCall.remove(id)) {
			cancel(model);
		}
		Result<T> result = this.aws.make(operation, call);
		AwsCall made = new AwsCall(operation, result.failing(), about, token, result.observation(), result.answer(), at,
				this.lateWorkers.isAtWork() ? this.lateWorkers.takenAt() : at);
		model.answered(made);
		model.mayBuildTwice |= operation.equals("ListImageBuildVersions")
				&& (made.observation().is(Kind.NEVER) || hasAnImageThatIsGone(model));
		this.complaints.unless(TroubledCalls.fits(result), "Observation %s, the service understands %s", made,
				result.thrown());
		if (this.lateWorkers.isAtWork()) {
			this.lateWorkers.called(made);
		}
		else {
			model.hears(made);
		}
		return result.get();
	}

	private boolean hasAnImageThatIsGone(ExpectedRun model) {
		return this.simulator.images()
			.stream()
			.anyMatch((image) -> image.isGone() && model.requested(image.clientToken()));
	}

	// Observations.

	/** Compares everything with the model. */
	void check() {
		Map<UUID, ObservedRun> before = this.seen;
		this.seen = observed();
		for (ExpectedRun model : this.models) {
			ObservedRun now = this.seen.get(model.id);
			model.compare(now, this.time.instant());
			now.follows(before.get(model.id), this.complaints);
		}
		this.complaints.unless(this.seen.size() == this.models.size(), "There are %s runs", this.seen.size());
		this.promises.check(this.seen);
	}

	private Map<UUID, ObservedRun> observed() {
		Map<UUID, ObservedRun> all = new LinkedHashMap<>();
		ObservedRun.all(this.jdbc).forEach((run) -> all.put(run.id(), run));
		return all;
	}

	private ExpectedRun model(UUID id) {
		return this.models.stream().filter((run) -> run.id.equals(id)).findFirst().orElseThrow();
	}

}
