package dev.distributeimage.api;

import java.util.List;
import java.util.Map;

import dev.distributeimage.run.view.Leftover;

/**
 * A plan of the removal of a leftover.
 *
 * @param calls the calls to Image Builder, in order; none if it is removed already
 */
record PlannedRemoval(List<Call> calls) {

	/**
	 * A call.
	 *
	 * @param parameters its parameters by name
	 */
	record Call(String operation, String region, String accountId, Map<String, String> parameters) {
	}

	static PlannedRemoval of(Leftover leftover) {
		return new PlannedRemoval((leftover.removedAt() != null) ? List.of() : List
			.of(call(leftover, "GetDistributionConfiguration"), call(leftover, "DeleteDistributionConfiguration")));
	}

	private static Call call(Leftover leftover, String operation) {
		return new Call(operation, leftover.place().region(), leftover.place().account(),
				Map.of("distributionConfigurationArn", leftover.resource()));
	}

}
