package dev.distributeimage.simulator;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import tools.jackson.databind.node.ObjectNode;

/**
 * All distribution configurations, in the form that GetDistributionConfiguration
 * returns.
 */
final class DistributionConfigurations {

	private final Map<String, ObjectNode> byArn = new ConcurrentHashMap<>();

	void add(String arn, ObjectNode document) {
		this.byArn.put(arn, document);
	}

	Optional<ObjectNode> find(String arn) {
		return Optional.ofNullable(this.byArn.get(arn));
	}

	ObjectNode get(String arn) {
		return find(arn).orElseThrow(() -> ApiException.notFound("DistributionConfiguration", arn));
	}

	void remove(String arn) {
		this.byArn.remove(arn);
	}

	int count() {
		return this.byArn.size();
	}

	void forget() {
		this.byArn.clear();
	}

}
