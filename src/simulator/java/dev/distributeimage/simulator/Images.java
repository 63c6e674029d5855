package dev.distributeimage.simulator;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All images, in order of creation. */
final class Images {

	private final Map<String, SimulatedImage> byArn = new LinkedHashMap<>();

	private final Map<String, Integer> builds = new LinkedHashMap<>();

	synchronized void add(SimulatedImage image) {
		this.byArn.put(image.arn(), image);
	}

	/** The next build number of this image version: 1, 2, 3, … */
	synchronized int nextBuild(String versionArn) {
		return this.builds.merge(versionArn, 1, Integer::sum);
	}

	synchronized List<SimulatedImage> all() {
		return new ArrayList<>(this.byArn.values());
	}

	synchronized int count() {
		return this.byArn.size();
	}

	/** The visible images of the caller's account in the called Region, newest first. */
	List<SimulatedImage> of(Call call) {
		return in(call.region()).stream()
			.filter((image) -> image.build().arn().account().equals(call.account()))
			.toList();
	}

	/** The visible images of this Region, newest first. */
	List<SimulatedImage> in(String region) {
		List<SimulatedImage> found = all();
		found.removeIf((image) -> image.isGone() || !image.region().equals(region));
		Collections.reverse(found);
		return found;
	}

	/** The visible image with this ARN. */
	Optional<SimulatedImage> find(String arn) {
		return known(arn).filter((image) -> !image.isGone());
	}

	/**
	 * The visible image with this ARN; without a build number, the latest AVAILABLE one of
	 * the version.
	 */
	Optional<SimulatedImage> resolve(String arn) {
		Arn wanted = Arn.parse(arn);
		return find(arn).or(() -> in(wanted.region()).stream()
			.filter((image) -> image.now().is("AVAILABLE") && Versions.covers(wanted, image.build().arn()))
			.findFirst());
	}

	synchronized Optional<SimulatedImage> known(String arn) {
		return Optional.ofNullable(this.byArn.get(arn));
	}

	SimulatedImage get(String arn) {
		return find(arn).orElseThrow(() -> ApiException.notFound("Image", arn));
	}

	synchronized void forget() {
		this.byArn.clear();
		this.builds.clear();
	}

}
