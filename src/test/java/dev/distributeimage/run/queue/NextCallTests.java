package dev.distributeimage.run.queue;

import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import dev.distributeimage.VirtualTime;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.NewRuns;
import dev.distributeimage.run.RetryCall;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.intake.RunStarts;
import dev.distributeimage.run.intake.StartResult;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests that claims, their index and the run itself agree on the run's next call. */
@DatabaseTest
class NextCallTests {

	private static final Duration CLAIM_FOR = Duration.ofMinutes(1);

	private final RunQueue queue;

	private final RunStore store;

	private final JdbcClient jdbc;

	private final VirtualTime time;

	private final UUID id;

	NextCallTests(@Autowired RunQueue queue, @Autowired RunStore store, @Autowired JdbcClient jdbc,
			@Autowired RunStarts starts) {
		TestPostgres.empty(jdbc);
		this.queue = queue;
		this.store = store;
		this.jdbc = jdbc;
		this.time = new VirtualTime(jdbc);
		this.id = ((StartResult.Started) starts.start(NewRuns.any(), NewRuns.ANYBODY, null)).run().id();
	}

	@ParameterizedTest
	@MethodSource("states")
	void onlyPollsAreLeftOutOfClaimsBeforePolls(State state) {
		store(state);
		boolean onlyToBePolled = this.store.find(this.id).orElseThrow().run().values().isOnlyToBePolled();
		assertThat(isInTheIndexOfRunsBeforePolls()).isNotEqualTo(onlyToBePolled);
		assertThat(this.queue.claimBeforePolls(1, 1, CLAIM_FOR, this.queue.lowWaterMarks()).isEmpty())
			.isEqualTo(onlyToBePolled);
	}

	@ParameterizedTest
	@MethodSource("states")
	void lostAnswerMattersToTheClaimAsItDoesToTheRun(State state) {
		store(state);
		Run answeredByNobody = claim();
		answeredByNobody.callFailed(new Failure(state.step(), state.step().operation(), null, "reset", null),
				this.time.instant(), Duration.ofMinutes(1), this.time.instant());
		this.time.pass(CLAIM_FOR);
		Run neverReported = claim();
		assertThat(neverReported.calls().unansweredSince()).isEqualTo(answeredByNobody.calls().unansweredSince());
	}

	private static Stream<State> states() {
		return Arrays.stream(StepId.values())
			.flatMap(NextCallTests::calls)
			.flatMap((state) -> Arrays.stream(Cancelled.values()).map(state::with));
	}

	// The table accepts the call of a retry at the last step only.
	private static Stream<State> calls(StepId step) {
		Stream<State> without = Stream.of(new State(step, null, Cancelled.NO));
		return (step != StepId.GET_IMAGE) ? without : Stream.concat(without,
				Arrays.stream(RetryCall.values()).map((call) -> new State(step, call, Cancelled.NO)));
	}

	private void store(State state) {
		this.jdbc
			.sql("""
					update run set step = cast(:step as step_id), retry_call = cast(:call as retry_call), retry_image_token = 'r',
					  distribution_configuration_arn = 'd', image_build_version_arn = 'i', cancel_answered = :answered,
					  cancel_requested_at = case when :cancelled then engine_now() end,
					  cancel_token = case when :cancelled then 'c' end
					where id = :id""")
			.param("step", state.step().toString())
			.param("call", (state.call() != null) ? state.call().toString() : null)
			.param("cancelled", state.cancelled() != Cancelled.NO)
			.param("answered", state.cancelled() == Cancelled.AND_ANSWERED)
			.param("id", this.id)
			.update();
	}

	private Run claim() {
		return this.queue.claim(1, 1, CLAIM_FOR, this.queue.lowWaterMarks()).get(0).run();
	}

	private boolean isInTheIndexOfRunsBeforePolls() {
		String predicate = this.jdbc.sql("""
				select pg_get_expr(indpred, indrelid) from pg_index
				where indexrelid = cast('run_due_before_polls' as regclass)""").query(String.class).single();
		return this.jdbc.sql("select %s from run where id = :id".formatted(predicate))
			.param("id", this.id)
			.query(Boolean.class)
			.single();
	}

	/** What decides on the next call of a run. */
	private record State(StepId step, @Nullable RetryCall call, Cancelled cancelled) {

		State with(Cancelled other) {
			return new State(this.step, this.call, other);
		}

	}

	/** Whether a cancel is requested. */
	private enum Cancelled {

		NO, YES, AND_ANSWERED

	}

}
