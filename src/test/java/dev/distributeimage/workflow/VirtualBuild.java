package dev.distributeimage.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

import dev.distributeimage.run.Image;

/**
 * A build that takes 9 to 90 minutes and may fail at any time.
 *
 * @param recipe the name of its recipe
 * @param phases the seconds it spends in each status
 * @param failsAfter the seconds after which it fails; infinite if it does not
 */
record VirtualBuild(String recipe, List<Double> phases, double failsAfter) {

	private static final List<String> STATUSES = List.of("PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING",
			"INTEGRATING");

	private static final double SHORTEST = Duration.ofMinutes(9).toSeconds();

	private static final double LONGEST = Duration.ofMinutes(90).toSeconds();

	/** Returns builds of several recipes, in random order. */
	static List<VirtualBuild> some(int recipes, int ofEach, double failing, Random random) {
		List<VirtualBuild> builds = new ArrayList<>();
		for (int recipe = 0; recipe < recipes; recipe++) {
			Recipe one = Recipe.any("recipe-" + recipe, random);
			for (int i = 0; i < ofEach; i++) {
				builds.add(one.build(failing, random));
			}
		}
		Collections.shuffle(builds, random);
		return builds;
	}

	private static double sum(List<Double> phases) {
		return phases.stream().mapToDouble(Double::doubleValue).sum();
	}

	private double succeedsAfter() {
		return sum(this.phases);
	}

	/** The seconds after which it ends. */
	double endsAfter() {
		return Math.min(this.failsAfter, succeedsAfter());
	}

	/** Returns what GetImage shows after this many seconds. */
	Image imageAfter(double seconds) {
		return Image.of(statusAfter(seconds), null);
	}

	private String statusAfter(double seconds) {
		if (seconds >= endsAfter()) {
			return (this.failsAfter < succeedsAfter()) ? "FAILED" : "AVAILABLE";
		}
		double begin = 0;
		for (int i = 0; i < this.phases.size(); i++) {
			begin += this.phases.get(i);
			if (seconds < begin) {
				return STATUSES.get(i);
			}
		}
		return STATUSES.get(STATUSES.size() - 1);
	}

	/**
	 * The properties that the builds of a recipe share.
	 *
	 * @param phases the average seconds in each status
	 * @param spread the deviation from the average, as a share
	 * @param shortcut the share of builds that find most of their work in a cache
	 */
	private record Recipe(String name, List<Double> phases, double spread, double shortcut) {

		private static final int BUILDING = STATUSES.indexOf("BUILDING");

		static Recipe any(String name, Random random) {
			double length = random.nextDouble(SHORTEST, LONGEST);
			List<Double> phases = List.of(random.nextDouble(10, 30), random.nextDouble(45, 135),
					length * random.nextDouble(0.4, 0.6), length * random.nextDouble(0.1, 0.2),
					length * random.nextDouble(0.15, 0.35), length * random.nextDouble(0.001, 0.02));
			return new Recipe(name, scaled(phases, length), random.nextDouble(0.08, 0.24),
					(random.nextDouble() < 0.15) ? 0.4 : 0);
		}

		VirtualBuild build(double failing, Random random) {
			double building = (random.nextDouble() < this.shortcut) ? 0.4 : 1;
			List<Double> some = new ArrayList<>(this.phases);
			some.replaceAll((mean) -> mean * Math.max(0.3, random.nextGaussian(1, this.spread)));
			some.set(BUILDING, some.get(BUILDING) * building);
			double length = Math.min(Math.max(sum(some), SHORTEST), LONGEST);
			double failsAfter = (random.nextDouble() < failing) ? length * random.nextDouble(0.02, 1)
					: Double.POSITIVE_INFINITY;
			return new VirtualBuild(this.name, scaled(some, length), failsAfter);
		}

		private static List<Double> scaled(List<Double> phases, double length) {
			double sum = sum(phases);
			return phases.stream().map((phase) -> phase * length / sum).toList();
		}

	}

}
