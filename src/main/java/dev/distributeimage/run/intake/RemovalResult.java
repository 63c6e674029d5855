package dev.distributeimage.run.intake;

import dev.distributeimage.run.view.Leftover;

/** The result of a request to remove a leftover. */
public sealed interface RemovalResult {

	/** The removal is requested, by this request or an earlier one. */
	record Requested(Leftover leftover) implements RemovalResult {
	}

	/** The leftover is removed already. */
	record Removed(Leftover leftover) implements RemovalResult {
	}

	/** The service's credentials are of another account than the leftover. */
	record OtherAccount(String account) implements RemovalResult {
	}

	/** The leftover is an AMI, which this service does not remove. */
	record NotRemovable(Leftover leftover) implements RemovalResult {
	}

}
