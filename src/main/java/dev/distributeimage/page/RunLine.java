package dev.distributeimage.page;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

import dev.distributeimage.api.Destination;
import dev.distributeimage.api.RunView;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.view.RunSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * A run in the list.
 *
 * @param now the moment of what is shown
 * @param took how long it took, or about how long it still takes
 */
record RunLine(String id, String now, Status status, String name, StepLines.Mini step, @Nullable String imageStatus,
		Recipe recipe, Regions regions, Moment started, String took, List<Label> labels) {

	static RunLine of(RunSnapshot run, Forecasts forecasts) {
		Image image = run.image();
		return new RunLine(run.id().toString(), run.readAt().toString(), Status.of(run), name(run), StepLines.mini(run),
				(image != null) ? image.status() : null, Recipe.of(run), Regions.of(RunView.of(run).destinations()),
				Moment.of(run.createdAt(), run.readAt()), forecasts.of(run), Label.of(run.labels()));
	}

	/**
	 * A run's title: the name of its distribution configuration, or of what it builds.
	 */
	static String name(RunSnapshot run) {
		if (run.distributionName() != null) {
			return run.distributionName();
		}
		String arn = run.outputs().distributionConfigurationArn();
		return (arn != null) ? arn.substring(arn.lastIndexOf('/') + 1) : Recipe.of(run).name();
	}

	/**
	 * How many Regions have the image.
	 *
	 * @param text in figures; empty if nothing is known
	 * @param words the same in words
	 */
	record Regions(int done, int failed, int all, String text, String words) {

		static Regions of(List<Destination> destinations) {
			Map<String, Boolean> byRegion = new TreeMap<>();
			destinations.forEach((destination) -> byRegion.merge(destination.region(),
					destination.status() == Destination.Status.AVAILABLE, Boolean::logicalAnd));
			int done = (int) byRegion.values().stream().filter((available) -> available).count();
			int failed = (int) destinations.stream()
				.filter((destination) -> destination.status() == Destination.Status.FAILED)
				.map(Destination::region)
				.distinct()
				.count();
			int all = byRegion.size();
			return new Regions(done, failed, all, (all == 0) ? "" : "%d of %d".formatted(done, all),
					(all == 0) ? "" : "%d of %s".formatted(done, Words.counted(all, "Region", "Regions")));
		}

	}

	/**
	 * A label, which links to the runs that have it.
	 *
	 * @param filter for the query parameter {@code label}
	 */
	record Label(String key, String value, String filter) {

		static List<Label> of(Map<String, String> labels) {
			return new TreeMap<>(labels).entrySet()
				.stream()
				.map((label) -> new Label(label.getKey(), label.getValue(),
						Links.encoded(label.getKey() + ":" + label.getValue())))
				.toList();
		}

	}

	/**
	 * The recipe of a run, or the image that it distributes.
	 *
	 * @param parameter the query parameter that finds runs like it, or null
	 * @param version empty for an image
	 */
	record Recipe(String name, String version, @Nullable String parameter, @Nullable String filter) {

		static Recipe of(RunSnapshot run) {
			if (run.imageRecipeArn() != null) {
				return of("imageRecipeArn", run.imageRecipeArn());
			}
			if (run.containerRecipeArn() != null) {
				return of("containerRecipeArn", run.containerRecipeArn());
			}
			return new Recipe(Objects.toString(run.options().get("sourceImage"), ""), "", null, null);
		}

		private static Recipe of(String parameter, String arn) {
			String[] parts = arn.split("/", -1);
			return new Recipe((parts.length > 1) ? parts[1] : arn, (parts.length > 2) ? parts[2] : "", parameter,
					Links.encoded(arn.contains("/") ? arn.substring(0, arn.lastIndexOf('/')) : arn));
		}

	}

}
