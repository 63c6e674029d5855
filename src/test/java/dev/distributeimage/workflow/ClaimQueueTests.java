package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.Claims;
import dev.distributeimage.run.StepId;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import dev.distributeimage.workflow.pace.CallBudget;

class ClaimQueueTests {

	private final ClaimQueue workload = new ClaimQueue(4, 2, new CallBudget(0, System::nanoTime));

	@Test
	void regionHoldsNoMoreThanItsShare() {
		add("eu-west-1", 5);
		assertThat(begin()).hasSize(2);
		assertThat(this.workload.fullRegions()).containsExactly("eu-west-1");
		assertThat(this.workload.waiting()).isEqualTo(3);
	}

	@Test
	void othersBeginWhileARegionIsFull() {
		add("eu-west-1", 5);
		add("us-east-1", 1);
		assertThat(begin()).containsExactly("eu-west-1", "us-east-1", "eu-west-1");
	}

	@Test
	void workersAreNeverMoreThanThereAre() {
		add("eu-west-1", 2);
		add("us-east-1", 2);
		add("us-west-2", 2);
		assertThat(begin()).hasSize(4);
	}

	@Test
	void freedWorkerBeginsTheNext() {
		add("eu-west-1", 3);
		begin();
		assertThat(this.workload.end("eu-west-1", CallOutcome.ANSWERED)).isFalse();
		assertThat(begin()).containsExactly("eu-west-1");
	}

	@Test
	void workerIsIdleWhenItsRegionHasNothingMore() {
		add("eu-west-1", 1);
		begin();
		assertThat(this.workload.end("eu-west-1", CallOutcome.ANSWERED)).isTrue();
	}

	@Test
	void regionWhoseLastCallsAllTimedOutHoldsOneWorker() {
		add("eu-west-1", 10);
		begin();
		this.workload.end("eu-west-1", CallOutcome.TIMED_OUT);
		this.workload.end("eu-west-1", CallOutcome.TIMED_OUT);
		assertThat(begin()).hasSize(1);
		this.workload.end("eu-west-1", CallOutcome.TIMED_OUT);
		assertThat(begin()).hasSize(1);
		this.workload.end("eu-west-1", CallOutcome.ANSWERED);
		assertThat(begin()).hasSize(2);
	}

	@Test
	void runThatMadeNoCallDoesNotBringAHangingRegionBack() {
		add("eu-west-1", 10);
		begin();
		this.workload.end("eu-west-1", CallOutcome.TIMED_OUT);
		this.workload.end("eu-west-1", CallOutcome.TIMED_OUT);
		begin();
		this.workload.end("eu-west-1", CallOutcome.NOT_CALLED);
		assertThat(begin()).hasSize(1);
	}

	@Test
	void runThatWasBegunGoesFirst() {
		add("eu-west-1", 2);
		Claim begun = Claims.inRegion("eu-west-1");
		this.workload.addFirst(begun);
		assertThat(this.workload.begin()).isSameAs(begun);
	}

	@Test
	void firstLookAtAnImageGoesBehindCreates() {
		Claim create = Claims.at(StepId.CREATE_IMAGE);
		this.workload.add(create);
		this.workload.addFirst(Claims.at(StepId.GET_IMAGE));
		assertThat(this.workload.begin()).isSameAs(create);
	}

	@Test
	void claimsThatWaitedTooLongAreTakenOut() {
		Claim old = Claims.sent(Duration.ofSeconds(20), Claims.inRegion("eu-west-1"));
		this.workload.add(old);
		add("eu-west-1", 1);
		assertThat(this.workload.removeOlderThan(Duration.ofSeconds(15))).containsExactly(old);
		assertThat(this.workload.waiting()).isOne();
	}

	@Test
	void regionThatHangsKeepsNothingWaitingAndIsTriedWithOne() {
		add("eu-west-1", 10);
		begin();
		this.workload.end("eu-west-1", CallOutcome.TIMED_OUT);
		this.workload.end("eu-west-1", CallOutcome.TIMED_OUT);
		assertThat(this.workload.regionsToTry()).isEmpty();
		assertThat(this.workload.removeOlderThan(Duration.ofSeconds(15))).hasSize(8);
		assertThat(this.workload.fullRegions()).containsExactly("eu-west-1");
		assertThat(this.workload.regionsToTry()).containsExactly("eu-west-1");
		add("eu-west-1", 1);
		begin();
		assertThat(this.workload.regionsToTry()).isEmpty();
		this.workload.end("eu-west-1", CallOutcome.ANSWERED);
		assertThat(this.workload.fullRegions()).isEmpty();
		assertThat(this.workload.regionsToTry()).isEmpty();
	}

	@Test
	void createsGoBeforePolls() {
		add("eu-west-1", 1);
		Claim create = Claims.at(StepId.CREATE_IMAGE);
		this.workload.add(create);
		assertThat(this.workload.begin()).isSameAs(create);
	}

	@Test
	void nothingBeginsWithoutACallInItsBudget() {
		AtomicLong now = new AtomicLong();
		ClaimQueue limited = new ClaimQueue(100, 100, new CallBudget(2, now::get));
		for (int i = 0; i < 10; i++) {
			limited.add(Claims.inRegion("eu-west-1"));
		}
		limited.add(Claims.inRegion("us-east-1"));
		assertThat(begin(limited)).containsExactlyInAnyOrder("eu-west-1", "eu-west-1", "us-east-1");
		now.addAndGet(Duration.ofMillis(500).toNanos());
		assertThat(begin(limited)).containsExactly("eu-west-1");
		now.addAndGet(Duration.ofHours(1).toNanos());
		assertThat(begin(limited)).hasSize(2);
	}

	private void add(String region, int count) {
		for (int i = 0; i < count; i++) {
			this.workload.add(Claims.inRegion(region));
		}
	}

	private List<String> begin() {
		return begin(this.workload);
	}

	private static List<String> begin(ClaimQueue workload) {
		List<String> regions = new ArrayList<>();
		for (Claim claim = workload.begin(); claim != null; claim = workload.begin()) {
			regions.add(claim.run().region());
		}
		return regions;
	}

}
