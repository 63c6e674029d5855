package dev.distributeimage.simulator;

import java.util.List;

/** The Regions of a distribution that have their AMIs or containers. */
@FunctionalInterface
public interface MadeAmis {

	/** No Region. */
	MadeAmis NONE = (regions) -> List.of();

	/** All Regions. */
	MadeAmis ALL = (regions) -> regions;

	/** All Regions but the last; no Region if there is only one. */
	MadeAmis ALL_BUT_LAST = (regions) -> regions.subList(0, Math.max(0, regions.size() - 1));

	/** Only these Regions. */
	static MadeAmis in(String... regions) {
		return (all) -> all.stream().filter(List.of(regions)::contains).toList();
	}

	/** Selects from the distribution's Regions, in their order. */
	List<String> among(List<String> regions);

}
