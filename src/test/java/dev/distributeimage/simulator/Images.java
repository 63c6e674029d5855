package dev.distributeimage.simulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All images, in the order of their creation. */
final class Images {

	private final Map<String, SimulatedImage> byArn = new LinkedHashMap<>();

	private final Map<String, Integer> builds = new LinkedHashMap<>();

	synchronized void add(SimulatedImage image) {
		this.byArn.put(image.arn(), image);
	}

	/** The number of the next build of this image version: 1, 2, 3, … */
	synchronized int nextBuild(String versionArn) {
		return this.builds.merge(versionArn, 1, Integer::sum);
	}

	synchronized List<SimulatedImage> all() {
		return new ArrayList<>(this.byArn.values());
	}

	/** Those that can be seen in this Region, the newest first. */
	List<SimulatedImage> in(String region) {
		List<SimulatedImage> found = new ArrayList<>();
		for (SimulatedImage image : all()) {
			if (image.region().equals(region) && !image.isGone()) {
				found.add(0, image);
			}
		}
		return found;
	}

	synchronized Optional<SimulatedImage> find(String arn) {
		return Optional.ofNullable(this.byArn.get(arn)).filter((image) -> !image.isGone());
	}

	SimulatedImage get(String arn) {
		return find(arn).orElseThrow(() -> ApiException.notFound("Image", arn));
	}

	synchronized void forget() {
		this.byArn.clear();
		this.builds.clear();
	}

}
