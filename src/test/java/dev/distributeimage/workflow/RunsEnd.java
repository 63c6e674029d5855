package dev.distributeimage.workflow;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;

import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.queue.StoredRuns;
import dev.distributeimage.run.queue.StoredRuns.Stored;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.simulator.RecordedRequest;
import dev.distributeimage.simulator.RecordedRequest.Outcome;
import dev.distributeimage.simulator.Simulator;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The end of all runs, here and in AWS, without values that vary: ids, times, and numbers
 * of attempts.
 *
 * @param carriedOut how often AWS carried out a change
 * @param tokens the number of tokens it was sent for changes
 */
record RunsEnd(List<RunEnd> runs, Map<Operation, Long> carriedOut, Map<Operation, Long> tokens) {

	private static final List<Operation> CHANGING = List.of(Operation.CREATE_DISTRIBUTION_CONFIGURATION,
			Operation.CREATE_IMAGE, Operation.DISTRIBUTE_IMAGE, Operation.CANCEL_IMAGE_CREATION, Operation.RETRY_IMAGE);

	/** The end of a run. */
	record RunEnd(String clientToken, RunStatus status, Outputs outputs, List<String> history) {
	}

	/** The outputs and the failure of an ended run, as callers see them. */
	record Outputs(@Nullable String configuration, String distributions, @Nullable String image,
			@Nullable String finalStatus, @Nullable String reason, List<String> amis, @Nullable String failure,
			int retries) {

		static Outputs of(Stored run) {
			Image image = run.image();
			return new Outputs(run.distributionConfigurationArn(), String.valueOf(run.shown().effectiveDistributions()),
					run.imageBuildVersionArn(), run.finalStatus(), (image != null) ? image.reason() : null,
					(image != null) ? image.amis().stream().map(Outputs::text).toList() : List.of(),
					(run.failure() != null) ? run.failure().code() : null, run.retries().size());
		}

		// The AMI's name contains the time.
		private static String text(Ami ami) {
			return "%s in %s of %s".formatted(ami.image(), ami.region(), ami.accountId());
		}

	}

	static RunsEnd of(JdbcClient jdbc, StoredRuns runs, Simulator simulator) {
		Map<Operation, Long> carriedOut = new EnumMap<>(Operation.class);
		Map<Operation, Long> tokens = new EnumMap<>(Operation.class);
		for (Operation operation : CHANGING) {
			List<RecordedRequest> requests = simulator.requests(operation);
			carriedOut.put(operation,
					requests.stream().filter((request) -> request.outcome() == Outcome.COMMITTED).count());
			tokens.put(operation,
					requests.stream().map((request) -> request.parameter("clientToken")).distinct().count());
		}
		List<RunEnd> ends = jdbc.sql("select run_id from run_input order by client_token")
			.query(UUID.class)
			.list()
			.stream()
			.map((id) -> of(jdbc, runs.get(id)))
			.toList();
		return new RunsEnd(ends, carriedOut, tokens);
	}

	private static RunEnd of(JdbcClient jdbc, Stored run) {
		return new RunEnd(run.shown().clientToken(), run.status(), Outputs.of(run), history(jdbc, run));
	}

	// Failed calls are recorded only if the worker survived them.
	private static List<String> history(JdbcClient jdbc, Stored run) {
		record Event(long sequence, String type, String summary) {
		}
		List<Event> events = jdbc.sql("""
				select sequence, type, concat_ws(' ', type, step, detail ->> 'status', detail ->> 'reason') as summary
				from run_event where number = :number order by sequence""")
			.param("number", run.number())
			.query(Event.class)
			.list();
		assertThat(events).extracting(Event::sequence)
			.as("The history of run %s", run.id())
			.containsExactlyElementsOf(
					IntStream.rangeClosed(1, (int) run.lastEvent()).mapToObj(Long::valueOf).toList());
		return events.stream().filter((event) -> !event.type().equals("CALL_FAILED")).map(Event::summary).toList();
	}

	List<RunStatus> statuses() {
		return this.runs.stream().map(RunEnd::status).toList();
	}

	long carriedOut(Operation operation) {
		return this.carriedOut.getOrDefault(operation, 0L);
	}

}
