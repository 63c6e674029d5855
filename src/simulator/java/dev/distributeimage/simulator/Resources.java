package dev.distributeimage.simulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.distributeimage.simulator.shape.ServiceModel;
import tools.jackson.databind.node.ObjectNode;

/**
 * All resources but images, in order of creation. A document is replaced, never changed:
 * images refer to the one that they were made with.
 */
final class Resources {

	/** A resource and all that can be shown of it. */
	record Resource(Kind kind, Arn arn, ObjectNode document) {

		Resource with(ObjectNode other) {
			return new Resource(this.kind, this.arn, other);
		}

	}

	private final ServiceModel model;

	private final Map<String, Resource> byArn = new LinkedHashMap<>();

	Resources(ServiceModel model) {
		this.model = model;
	}

	/** The resource as its Get operation and GetImage show it. */
	ObjectNode shown(Resource resource) {
		Kind kind = resource.kind();
		Operation get = kind.operation("Get").orElseThrow();
		return this.model.operation(get.wireName()).shown(kind.member(), resource.document());
	}

	/** Adds a resource, or replaces it. */
	synchronized void put(Resource resource) {
		this.byArn.put(resource.arn().toString(), resource);
	}

	synchronized Optional<Resource> find(String arn) {
		return Optional.ofNullable(this.byArn.get(arn));
	}

	/** The resource with this ARN; for a version or a wildcard, the latest that it covers. */
	synchronized Optional<Resource> resolve(String arn) {
		Arn wanted = Arn.parse(arn);
		return find(arn).or(() -> this.byArn.values()
			.stream()
			.filter((resource) -> Versions.covers(wanted, resource.arn()))
			.max((one, other) -> Versions.ORDER.compare(one.arn(), other.arn())));
	}

	/** The resources of this kind in an account and Region, oldest first. */
	synchronized List<Resource> in(String account, String region, Kind kind) {
		List<Resource> found = new ArrayList<>(this.byArn.values());
		found.removeIf((resource) -> resource.kind() != kind || !resource.arn().region().equals(region)
				|| !resource.arn().account().equals(account));
		return found;
	}

	synchronized void remove(String arn) {
		this.byArn.remove(arn);
	}

	synchronized int count(Kind kind) {
		return (int) this.byArn.values().stream().filter((resource) -> resource.kind() == kind).count();
	}

	synchronized void forget() {
		this.byArn.clear();
	}

}
