package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import dev.distributeimage.run.StepId;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.Claims;
import dev.distributeimage.workflow.pace.CallBudget;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClaimQueueTests {

	private final ClaimQueue claims = new ClaimQueue(4, 2, new CallBudget(0, System::nanoTime));

	@Test
	void regionHoldsNoMoreThanItsShare() {
		add("eu-west-1", 5);
		assertThat(begin()).hasSize(2);
		assertThat(this.claims.unavailableRegions()).containsExactly("eu-west-1");
		assertThat(this.claims.waiting()).isEqualTo(3);
	}

	@Test
	void othersBeginWhileARegionIsFull() {
		add("eu-west-1", 5);
		add("us-east-1", 1);
		assertThat(begin()).containsExactly("eu-west-1", "us-east-1", "eu-west-1");
	}

	@Test
	void concurrencyIsNeverExceeded() {
		add("eu-west-1", 2);
		add("us-east-1", 2);
		add("us-west-2", 2);
		assertThat(begin()).hasSize(4);
	}

	@Test
	void freedWorkerBeginsTheNext() {
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
	void regionWhoseLastCallsAllTimedOutHoldsOneWorker() {
		add("eu-west-1", 10);
		begin();
		this.claims.finished("eu-west-1", CallOutcome.TIMED_OUT);
		this.claims.finished("eu-west-1", CallOutcome.TIMED_OUT);
		assertThat(begin()).hasSize(1);
		this.claims.finished("eu-west-1", CallOutcome.TIMED_OUT);
		assertThat(begin()).hasSize(1);
		this.claims.finished("eu-west-1", CallOutcome.ANSWERED);
		assertThat(begin()).hasSize(2);
	}

	@Test
	void runThatMadeNoCallDoesNotBringAHangingRegionBack() {
		add("eu-west-1", 10);
		begin();
		this.claims.finished("eu-west-1", CallOutcome.TIMED_OUT);
		this.claims.finished("eu-west-1", CallOutcome.TIMED_OUT);
		begin();
		this.claims.finished("eu-west-1", CallOutcome.NOT_CALLED);
		assertThat(begin()).hasSize(1);
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
		Claim old = Claims.sent(Duration.ofSeconds(20), Claims.inRegion("eu-west-1"));
		this.claims.add(old);
		add("eu-west-1", 1);
		assertThat(this.claims.removeOlderThan(Duration.ofSeconds(15))).containsExactly(old);
		assertThat(this.claims.waiting()).isOne();
	}

	@Test
	void regionThatHangsKeepsNothingWaitingAndIsTriedWithOne() {
		add("eu-west-1", 10);
		begin();
		this.claims.finished("eu-west-1", CallOutcome.TIMED_OUT);
		this.claims.finished("eu-west-1", CallOutcome.TIMED_OUT);
		assertThat(this.claims.regionsToProbe()).isEmpty();
		assertThat(this.claims.removeOlderThan(Duration.ofSeconds(15))).hasSize(8);
		assertThat(this.claims.unavailableRegions()).containsExactly("eu-west-1");
		assertThat(this.claims.regionsToProbe()).containsExactly("eu-west-1");
		add("eu-west-1", 1);
		begin();
		assertThat(this.claims.regionsToProbe()).isEmpty();
		this.claims.finished("eu-west-1", CallOutcome.ANSWERED);
		assertThat(this.claims.unavailableRegions()).isEmpty();
		assertThat(this.claims.regionsToProbe()).isEmpty();
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
