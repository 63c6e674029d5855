package dev.distributeimage.simulator;

import java.util.List;

import dev.distributeimage.simulator.FailedCopy.Sign;

/** The copies of an image that failed. */
@FunctionalInterface
public interface FailedCopies {

	/**
	 * None in particular: failureContext then names the Regions without AMIs.
	 */
	FailedCopies NONE = (regions) -> List.of();

	/** These copies, whatever the distribution says. */
	static FailedCopies of(FailedCopy... copies) {
		return (regions) -> List.of(copies);
	}

	/** All copies in the last Region. */
	static FailedCopies inTheLastRegion(String reason, Sign... signs) {
		return (regions) -> List.of(FailedCopy.in(regions.get(regions.size() - 1), reason, signs));
	}

	/** Selects from the distribution's Regions, of which there is at least one. */
	List<FailedCopy> among(List<String> regions);

}
