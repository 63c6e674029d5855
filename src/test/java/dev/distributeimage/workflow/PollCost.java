package dev.distributeimage.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import dev.distributeimage.run.Image;
import dev.distributeimage.run.Next;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.queue.Claim;
import dev.distributeimage.run.queue.Claims;
import dev.distributeimage.run.view.EarlierBuild;
import dev.distributeimage.run.view.EarlierBuild.Seen;
import dev.distributeimage.workflow.pace.Backoff;
import dev.distributeimage.workflow.pace.Expectations;
import dev.distributeimage.workflow.pace.PollSchedule;
import dev.distributeimage.workflow.pace.Throttles;

/**
 * Measures the cost of detecting the ends of builds, in virtual time and without a
 * database: the number of calls to GetImage, and the delay after each end.
 */
public final class PollCost {

	public static final Duration POLL_EVERY = Engine.POLL_EVERY;

	/** The number of earlier builds that the service reads. */
	private static final int HISTORY = 20;

	/** A tick of up to a second, and the time of AWS's answer. */
	private static final double LOOK_EVERY = 1;

	private static final double CALL = 0.1;

	private final Map<String, List<EarlierBuild>> history = new HashMap<>();

	private final List<Double> lags = new ArrayList<>();

	private final Random random;

	private final PollSchedule schedule;

	private final int uncounted;

	private Instant now = Instant.parse("2026-09-03T05:44:21.121Z");

	private String recipe = "";

	private long calls;

	private PollCost(long seed, boolean fixed, int uncounted) {
		this.random = new Random(seed);
		Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofMinutes(1), POLL_EVERY, this.random,
				new Throttles());
		this.schedule = new PollSchedule(backoff, new Expectations((run) -> fixed ? List.of() : earlierBuilds(),
				() -> Duration.between(Instant.EPOCH, this.now).toNanos()));
		this.uncounted = uncounted;
	}

	/** Polls as shipped. */
	public static PollCost shipped(Builds builds) {
		return new PollCost(builds.seed(), false, builds.uncounted()).see(builds);
	}

	/** Polls at the same interval throughout. */
	public static PollCost fixed(Builds builds) {
		return new PollCost(builds.seed(), true, builds.uncounted()).see(builds);
	}

	/**
	 * The builds.
	 *
	 * @param ofEach the number of counted builds per recipe
	 * @param uncounted the number of builds per recipe before them
	 * @param failing the share of builds that fail
	 */
	public record Builds(int recipes, int ofEach, int uncounted, double failing, long seed) {

		public int counted() {
			return this.recipes * this.ofEach;
		}

		private List<VirtualBuild> all() {
			return VirtualBuild.some(this.recipes, this.ofEach + this.uncounted, this.failing, new Random(this.seed));
		}

	}

	private PollCost see(Builds builds) {
		builds.all().forEach(this::see);
		Collections.sort(this.lags);
		return this;
	}

	private void see(VirtualBuild build) {
		this.recipe = build.recipe();
		List<EarlierBuild> earlier = this.history.computeIfAbsent(this.recipe, (name) -> new ArrayList<>());
		boolean counts = earlier.size() >= this.uncounted;
		Instant begin = this.now;
		Claim claim = Claims.polling(this.recipe);
		List<Seen> seen = new ArrayList<>();
		while (claim.run().status() == RunStatus.RUNNING) {
			claim = poll(claim, build.imageAfter(secondsSince(begin)), seen);
			this.calls += counts ? 1 : 0;
		}
		if (counts) {
			this.lags.add(secondsSince(begin) - build.endsAfter());
		}
		earlier.add(new EarlierBuild(List.copyOf(seen)));
	}

	private Claim poll(Claim before, Image image, List<Seen> seen) {
		Seen last = seen.isEmpty() ? null : seen.get(seen.size() - 1);
		Claim claim = Claims.again(before, (last != null) ? last.at() : null, this.now);
		Run run = claim.run();
		run.imageSeen(image, this.schedule.after(run, image, claim.now()), claim.now());
		if (last == null || !last.status().equals(image.status())) {
			seen.add(new Seen(String.valueOf(image.status()), this.now));
		}
		if (run.next() instanceof Next.After after) {
			pass(after.pause().toNanos() / 1e9 + this.random.nextDouble(LOOK_EVERY) + CALL);
		}
		return claim;
	}

	private void pass(double seconds) {
		this.now = this.now.plusNanos((long) (seconds * 1e9));
	}

	private double secondsSince(Instant begin) {
		return Duration.between(begin, this.now).toNanos() / 1e9;
	}

	private List<EarlierBuild> earlierBuilds() {
		List<EarlierBuild> all = this.history.getOrDefault(this.recipe, List.of());
		return all.subList(Math.max(0, all.size() - HISTORY), all.size());
	}

	public double callsPerRun() {
		return (double) this.calls / this.lags.size();
	}

	/** The average number of seconds from the end of a build to its detection. */
	public double meanLag() {
		return this.lags.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
	}

	/** The number of seconds within which 95 % of the ends were detected. */
	public double lagOf95Percent() {
		return this.lags.get((int) (this.lags.size() * 0.95));
	}

	public double longestLag() {
		return this.lags.get(this.lags.size() - 1);
	}

}
