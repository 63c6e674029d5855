package dev.distributeimage.workflow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

import dev.distributeimage.run.Failure;
import dev.distributeimage.run.LastImage;
import dev.distributeimage.run.Progress;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.trace.TraceParent;
import dev.distributeimage.trace.Traces;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A stored change of a run's status or step, as it is told: by a line of the log, in a
 * sentence for people and once more by name (key-value pairs) for machines; and in the
 * run's trace, if the run has ended.
 *
 * @param after the progress of the run now
 * @param facts what is known of the run, by name
 * @param traceParent the trace that the run belongs to, or null
 */
record StateChange(Progress after, Map<String, String> facts, @Nullable String traceParent) {

	/** The longest text of AWS that is repeated. */
	private static final int LONGEST = 300;

	/** The facts that a sentence lists behind the states. */
	private static final List<String> LISTED = List.of("distributionName", "imageBuildVersionArn", "finalStatus",
			"code");

	private static final Logger logger = LoggerFactory.getLogger(StateChange.class);

	/** The change of a run that has just been stored; empty if it is where it was. */
	static Optional<StateChange> of(Claim stored, Progress before) {
		Run run = stored.run();
		Progress after = run.values().progress();
		if (after.status() == before.status() && after.step() == before.step()) {
			return Optional.empty();
		}
		Map<String, String> facts = new LinkedHashMap<>();
		facts.put("runId", run.id().toString());
		facts.put("statusBefore", before.status().name());
		facts.put("stepBefore", before.step().toString());
		facts.put("status", after.status().name());
		facts.put("step", after.step().toString());
		put(facts, "distributionName", stored.origin().distributionName());
		put(facts, "imageBuildVersionArn", run.outputs().imageBuildVersionArn());
		put(facts, "finalStatus", run.outputs().finalStatus());
		Failure failure = run.calls().last();
		put(facts, "code", (failure != null) ? failure.code() : null);
		put(facts, "reason", (failure != null) ? failure.message() : reasonOf(run.image().last()));
		return Optional.of(new StateChange(after, facts, stored.origin().traceParent()));
	}

	private static @Nullable String reasonOf(@Nullable LastImage image) {
		return (image != null) ? image.reason() : null;
	}

	private static void put(Map<String, String> facts, String name, @Nullable String text) {
		if (text != null) {
			facts.put(name, text.substring(0, end(text)));
		}
	}

	// Half a character would be no text.
	private static int end(String text) {
		if (text.length() <= LONGEST) {
			return text.length();
		}
		return Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
	}

	/** Writes the line, at WARN if the run has failed, and the end of the trace. */
	void tell(Traces traces) {
		LoggingEventBuilder line = logger.atLevel(isFailure() ? Level.WARN : Level.INFO);
		for (Map.Entry<String, String> fact : this.facts.entrySet()) {
			line = line.addKeyValue(fact.getKey(), fact.getValue());
		}
		Optional<TraceParent> trace = Optional.ofNullable(this.traceParent).flatMap(TraceParent::of);
		if (trace.isPresent()) {
			line = line.addKeyValue(TraceParent.LOGGED, trace.get().traceId());
		}
		line.log(sentence());
		if (this.after.status() != RunStatus.RUNNING) {
			traces.ended(this.traceParent, this.facts, isFailure());
		}
	}

	private boolean isFailure() {
		return this.after.status() == RunStatus.FAILED || this.after.status() == RunStatus.TIMED_OUT;
	}

	private String sentence() {
		String states = "Run %s: %s %s -> %s %s".formatted(this.facts.get("runId"), this.facts.get("statusBefore"),
				this.facts.get("stepBefore"), this.after.status(), this.after.step());
		String known = LISTED.stream().map(this.facts::get).filter(Objects::nonNull).collect(Collectors.joining(", "));
		String reason = this.facts.get("reason");
		return states + (known.isEmpty() ? "" : "; " + known) + ((reason != null) ? "; " + reason : "");
	}

}
