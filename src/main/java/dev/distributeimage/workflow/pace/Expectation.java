package dev.distributeimage.workflow.pace;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.distributeimage.run.view.EarlierBuild;
import dev.distributeimage.run.view.EarlierBuild.Seen;
import org.jspecify.annotations.Nullable;

/**
 * Estimates when a recipe's build will end, from the time that earlier builds still took
 * after they first showed a status, and after they left it.
 *
 * @param remaining the remaining times of the builds that succeeded, by status
 * @param failureRate the share of builds that fail, and may do so at any time
 */
record Expectation(Map<String, Remaining> remaining, double failureRate) {

	/** The expectation for a recipe without history. */
	static final Expectation NONE = new Expectation(Map.of(), 1);

	/**
	 * The number of builds that must have shown a status before anything is concluded
	 * from it.
	 */
	static final int MIN_BUILDS = 3;

	/**
	 * The time that builds still took after a status.
	 *
	 * @param builds the number of builds
	 * @param min the shortest time from the first sight of the status to the end
	 * @param max the longest such time
	 * @param minAfterStatus the shortest time from the first sight of the next status to
	 * the end
	 */
	record Remaining(int builds, Duration min, Duration max, Duration minAfterStatus) {

		private Remaining and(Remaining other) {
			return new Remaining(this.builds + other.builds, shorter(this.min, other.min),
					Backoff.longer(this.max, other.max), shorter(this.minAfterStatus, other.minAfterStatus));
		}

		private static Duration shorter(Duration one, Duration other) {
			return (one.compareTo(other) <= 0) ? one : other;
		}

	}

	static Expectation of(List<EarlierBuild> builds) {
		Map<String, Remaining> remaining = new HashMap<>();
		builds.stream().filter((build) -> !build.hasFailed()).forEach((build) -> addTo(remaining, build));
		remaining.values().removeIf((left) -> left.builds() < MIN_BUILDS);
		long failed = builds.stream().filter(EarlierBuild::hasFailed).count();
		// Few builds say little, so ten more are assumed, with half a failure among them.
		return new Expectation(Map.copyOf(remaining), (failed + 0.5) / (builds.size() + 10));
	}

	private static void addTo(Map<String, Remaining> remaining, EarlierBuild build) {
		Set<String> before = new HashSet<>();
		for (int i = 0; i < build.seen().size() - 1; i++) {
			Seen seen = build.seen().get(i);
			if (before.add(seen.status())) {
				Duration left = Duration.between(seen.at(), build.endedAt());
				remaining.merge(seen.status(), new Remaining(1, left, left, leftAfterStatus(build, i)), Remaining::and);
			}
		}
	}

	private static Duration leftAfterStatus(EarlierBuild build, int begin) {
		String status = build.seen().get(begin).status();
		return build.seen()
			.stream()
			.skip(begin)
			.filter((seen) -> !seen.status().equals(status))
			.findFirst()
			.map((next) -> Duration.between(next.at(), build.endedAt()))
			.orElse(Duration.ZERO);
	}

	/**
	 * Returns the shortest time left of a build that does not fail. Empty if too few
	 * builds have shown the status, or none of them for this long.
	 */
	Optional<Duration> minLeft(@Nullable String status, Duration shownFor) {
		Remaining rest = (status != null) ? this.remaining.get(status) : null;
		if (rest == null || shownFor.compareTo(rest.max()) > 0) {
			return Optional.empty();
		}
		return Optional.of(Backoff.longer(rest.min().minus(shownFor), rest.minAfterStatus()));
	}

}
