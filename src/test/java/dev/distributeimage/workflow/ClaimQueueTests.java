package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.distributeimage.run.StepId;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.Claims;
import dev.distributeimage.run.queue.LowWaterMark;
import dev.distributeimage.workflow.pace.CallBudget;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClaimQueueTests {

	private static final Duration ATTEMPT_TIMEOUT = Duration.ofSeconds(10);

	private final AtomicLong now = new AtomicLong();

	private final ClaimQueue claims = queue(4, 2, 0);

	@Test
	void regionHoldsNoMoreThanItsShare() {
		answers("eu-west-1");
		add("eu-west-1", 5);
		assertThat(begin()).hasSize(2);
		assertThat(this.claims.takesMore("eu-west-1")).isFalse();
		assertThat(this.claims.waiting()).isEqualTo(3);
	}

	@Test
	void othersBeginWhileARegionIsFull() {
		answers("us-east-1");
		answers("eu-west-1");
		add("eu-west-1", 5);
		add("us-east-1", 1);
		assertThat(begin()).containsExactlyInAnyOrder("eu-west-1", "us-east-1", "eu-west-1");
	}

	@Test
	void concurrencyIsNeverExceeded() {
		List<String> regions = List.of("eu-west-1", "us-east-1", "us-west-2");
		regions.forEach(this::answers);
		regions.forEach((region) -> add(region, 2));
		assertThat(begin()).hasSize(4);
	}

	@Test
	void freedWorkerBeginsTheNext() {
		answers("eu-west-1");
		add("eu-west-1", 3);
		begin();
		assertThat(this.claims.finished("eu-west-1", CallOutcome.ANSWERED)).isFalse();
		assertThat(begin()).containsExactly("eu-west-1");
	}

	@Test
	void workerIsIdleWhenItsRegionHasNothingMore() {
		add("eu-west-1", 1);
		begin();
		assertThat(this.claims.finished("eu-west-1", CallOutcome.ANSWERED)).isTrue();
	}

	@Test
	void regionHoldsOneWorkerUntilItHasAnswered() {
		add("eu-west-1", 10);
		assertThat(begin()).hasSize(1);
		this.claims.finished("eu-west-1", CallOutcome.TIMED_OUT);
		assertThat(begin()).hasSize(1);
		this.claims.finished("eu-west-1", CallOutcome.ANSWERED);
		assertThat(begin()).hasSize(2);
	}

	@Test
	void regionWhoseLastCallTimedOutHoldsOneWorker() {
		answers("eu-west-1");
		add("eu-west-1", 10);
		begin();
		this.claims.finished("eu-west-1", CallOutcome.TIMED_OUT);
		assertThat(begin()).isEmpty();
		this.claims.finished("eu-west-1", CallOutcome.TIMED_OUT);
		assertThat(begin()).hasSize(1);
	}

	@Test
	void regionWhoseCallsTakeTooLongBeginsNoMore() {
		answers("eu-west-1");
		add("eu-west-1", 1);
		begin();
		pass(ATTEMPT_TIMEOUT);
		add("eu-west-1", 1);
		assertThat(begin()).isEmpty();
		assertThat(this.claims.takesMore("eu-west-1")).isFalse();
	}

	@Test
	void runThatMadeNoCallDoesNotBringAHangingRegionBack() {
		add("eu-west-1", 10);
		begin();
		this.claims.finished("eu-west-1", CallOutcome.TIMED_OUT);
		begin();
		this.claims.finished("eu-west-1", CallOutcome.NOT_CALLED);
		assertThat(begin()).hasSize(1);
	}

	@Test
	void regionsThatHangHoldHalfOfTheWorkersTogether() {
		ClaimQueue many = queue(16, 8, 0);
		answers(many, "good");
		for (int i = 0; i < 300; i++) {
			many.add(Claims.inRegion("hang-" + i));
		}
		int held = 0;
		for (int i = 0; i < 60; i++) {
			held += begin(many).size();
			pass(Duration.ofMillis(100));
		}
		assertThat(held).as("one after the other, in six seconds").isEqualTo(4);
		for (int i = 0; i < 90; i++) {
			held += begin(many).size();
			answers(many, "good");
			pass(Duration.ofMillis(100));
		}
		assertThat(held).as("as long as none of them ends").isEqualTo(7);
		for (int i = 0; i < 20; i++) {
			many.add(Claims.inRegion("good"));
		}
		assertThat(begin(many)).hasSize(8).containsOnly("good");
	}

	@Test
	void newRegionIsTriedWithinAnEighthOfATimeoutWhileThreeHundredHang() {
		ClaimQueue many = queue(16, 8, 0);
		List<LowWaterMark> due = IntStream.range(0, 300).mapToObj((i) -> due("hang-" + i, i)).toList();
		Deque<String> begun = new ArrayDeque<>();
		for (int i = 0; i < 600; i++) {
			if (i % 100 == 0 && i > 0) {
				hangUp(many, begun);
			}
			tryNext(many, due).forEach(begun::add);
			pass(Duration.ofMillis(100));
		}
		List<LowWaterMark> withNew = Stream.concat(due.stream(), Stream.of(due("new", 300))).toList();
		Duration waited = Duration.ZERO;
		List<String> next = tryNext(many, withNew);
		while (!next.contains("new")) {
			if (begun.size() > 6) {
				many.finished(begun.remove(), CallOutcome.TIMED_OUT);
			}
			pass(Duration.ofMillis(10));
			waited = waited.plusMillis(10);
			next.forEach(begun::add);
			next = tryNext(many, withNew);
		}
		assertThat(waited).isLessThanOrEqualTo(Duration.ofMillis(1_440));
	}

	@Test
	void regionThatAnsweredBeforeNeedNotWaitForThoseThatHang() {
		answers("eu-west-1");
		pass(ATTEMPT_TIMEOUT.multipliedBy(3));
		add("hang-1", 1);
		add("hang-2", 1);
		add("eu-west-1", 2);
		assertThat(begin()).containsExactlyInAnyOrder("hang-1", "eu-west-1");
		this.claims.finished("eu-west-1", CallOutcome.ANSWERED);
		assertThat(begin()).containsExactly("eu-west-1");
	}

	@Test
	void regionsThatAnsweredBeforeAndHangNowHoldHalfOfTheWorkers() {
		ClaimQueue many = queue(16, 8, 0);
		IntStream.range(0, 300).forEach((i) -> answers(many, "hang-" + i));
		pass(ATTEMPT_TIMEOUT);
		IntStream.range(0, 300).forEach((i) -> many.add(Claims.inRegion("hang-" + i)));
		assertThat(begin(many)).hasSize(8);
		pass(Duration.ofSeconds(5));
		assertThat(begin(many)).isEmpty();
	}

	@Test
	void lateAnswerDoesNotEarnTheShare() {
		add("eu-west-1", 10);
		begin();
		pass(Duration.ofSeconds(9));
		this.claims.finished("eu-west-1", CallOutcome.ANSWERED);
		assertThat(begin()).hasSize(1);
	}

	@Test
	void regionsThatHangAreTriedInTurn() {
		List<LowWaterMark> due = List.of(due("a", 0), due("b", 1), due("c", 2));
		List<String> tried = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			tryNext(this.claims, due).forEach((region) -> {
				tried.add(region);
				pass(ATTEMPT_TIMEOUT);
				this.claims.finished(region, CallOutcome.TIMED_OUT);
			});
		}
		assertThat(tried).containsExactly("c", "b", "a", "c", "b", "a");
	}

	@Test
	void regionThatFailedBeforeARestartIsTriedAfterTheOthers() {
		LowWaterMark failing = new LowWaterMark("hang", Instant.EPOCH.plusSeconds(60), true, Duration.ZERO, true, true);
		assertThat(this.claims.toTry(List.of(failing, due("good", 0)))).extracting(LowWaterMark::region)
			.containsExactly("good", "hang");
	}

	@Test
	void whatWaitsForARegionThatHangsLeavesRoomForOthers() {
		add("hang", 100);
		assertThat(this.claims.waiting()).isZero();
	}

	@Test
	void regionsWithoutARunInFlightAreForgotten() {
		answers("eu-west-1");
		answers("us-east-1");
		add("us-west-2", 1);
		begin();
		this.claims.forgetAllBut(Set.of("eu-west-1"));
		assertThat(this.claims.takesMore("eu-west-1")).isTrue();
		assertThat(this.claims.takesMore("us-east-1")).isFalse();
		assertThat(this.claims.regions()).as("us-west-2 has a call under way").isEqualTo(2);
	}

	@Test
	void runThatWasBegunGoesFirst() {
		add("eu-west-1", 2);
		Claim begun = Claims.inRegion("eu-west-1");
		this.claims.addFirst(begun);
		assertThat(this.claims.poll()).isSameAs(begun);
	}

	@Test
	void firstPollOfAnImageGoesAfterCreates() {
		Claim create = Claims.at(StepId.CREATE_IMAGE);
		this.claims.add(create);
		this.claims.addFirst(Claims.at(StepId.GET_IMAGE));
		assertThat(this.claims.poll()).isSameAs(create);
	}

	@Test
	void claimsThatWaitedTooLongAreRemoved() {
		answers("eu-west-1");
		Claim old = Claims.sent(Duration.ofSeconds(20), Claims.inRegion("eu-west-1"));
		this.claims.add(old);
		add("eu-west-1", 1);
		assertThat(this.claims.removeOlderThan(Duration.ofSeconds(15))).containsExactly(old);
		assertThat(this.claims.waiting()).isOne();
	}

	@Test
	void regionThatHangsKeepsNothingWaitingAndIsTriedWithOne() {
		List<LowWaterMark> due = List.of(due("eu-west-1", 0));
		add("eu-west-1", 10);
		begin();
		assertThat(this.claims.toTry(due)).isEmpty();
		pass(ATTEMPT_TIMEOUT);
		this.claims.finished("eu-west-1", CallOutcome.TIMED_OUT);
		assertThat(this.claims.removeOlderThan(Duration.ofSeconds(15))).hasSize(9);
		assertThat(this.claims.takesMore("eu-west-1")).isFalse();
		assertThat(this.claims.toTry(due)).isEqualTo(due);
		add("eu-west-1", 1);
		begin();
		assertThat(this.claims.toTry(due)).isEmpty();
		this.claims.finished("eu-west-1", CallOutcome.ANSWERED);
		assertThat(this.claims.takesMore("eu-west-1")).isTrue();
		assertThat(this.claims.toTry(due)).isEmpty();
	}

	@Test
	void createsGoBeforePolls() {
		add("eu-west-1", 1);
		Claim create = Claims.at(StepId.CREATE_IMAGE);
		this.claims.add(create);
		assertThat(this.claims.poll()).isSameAs(create);
	}

	@Test
	void nothingBeginsWithoutACallInItsBudget() {
		ClaimQueue limited = queue(100, 100, 2);
		for (String region : List.of("eu-west-1", "us-east-1")) {
			answers(limited, region);
			pass(Duration.ofSeconds(1));
		}
		for (int i = 0; i < 10; i++) {
			limited.add(Claims.inRegion("eu-west-1"));
		}
		limited.add(Claims.inRegion("us-east-1"));
		assertThat(begin(limited)).containsExactlyInAnyOrder("eu-west-1", "eu-west-1", "us-east-1");
		pass(Duration.ofMillis(500));
		limited.finished("eu-west-1", CallOutcome.ANSWERED);
		assertThat(begin(limited)).containsExactly("eu-west-1");
		pass(Duration.ofHours(1));
		limited.finished("eu-west-1", CallOutcome.ANSWERED);
		limited.finished("eu-west-1", CallOutcome.ANSWERED);
		assertThat(begin(limited)).as("no more calls than those of a second").hasSize(2);
	}

	private ClaimQueue queue(int concurrency, int regionConcurrency, double callsPerSecond) {
		return new ClaimQueue(new Workers(concurrency, regionConcurrency, ATTEMPT_TIMEOUT),
				new CallBudget(callsPerSecond, this.now::get), this.now::get);
	}

	private static LowWaterMark due(String region, int second) {
		return new LowWaterMark(region, Instant.EPOCH.plusSeconds(second), true, Duration.ZERO, true, false);
	}

	private void answers(String region) {
		answers(this.claims, region);
	}

	private static void answers(ClaimQueue claims, String region) {
		claims.addFirst(Claims.inRegion(region));
		assertThat(begin(claims)).contains(region);
		claims.finished(region, CallOutcome.ANSWERED);
	}

	/** Begins a run of the Region that is to be tried next, if one is. */
	private static List<String> tryNext(ClaimQueue claims, List<LowWaterMark> due) {
		claims.toTry(due).stream().limit(1).forEach((mark) -> claims.add(Claims.inRegion(mark.region())));
		return begin(claims);
	}

	private static void hangUp(ClaimQueue claims, Deque<String> begun) {
		while (!begun.isEmpty()) {
			claims.finished(begun.remove(), CallOutcome.TIMED_OUT);
		}
	}

	private void pass(Duration duration) {
		this.now.addAndGet(duration.toNanos());
	}

	private void add(String region, int count) {
		for (int i = 0; i < count; i++) {
			this.claims.add(Claims.inRegion(region));
		}
	}

	private List<String> begin() {
		return begin(this.claims);
	}

	private static List<String> begin(ClaimQueue claims) {
		List<String> regions = new ArrayList<>();
		for (Claim claim = claims.poll(); claim != null; claim = claims.poll()) {
			regions.add(claim.run().place().region());
		}
		return regions;
	}

}
