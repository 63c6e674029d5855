package dev.distributeimage.simulator;

import java.util.List;

/** Which of a distribution's Regions have got their AMIs or containers. */
@FunctionalInterface
public interface MadeAmis {

	/** None. */
	MadeAmis NONE = (regions) -> List.of();

	/** All. */
	MadeAmis ALL = (regions) -> regions;

	/** All but the last of several Regions; none of a single one. */
	MadeAmis ALL_BUT_LAST = (regions) -> regions.subList(0, Math.max(0, regions.size() - 1));

	/** Only these. */
	static MadeAmis in(String... regions) {
		return (all) -> all.stream().filter(List.of(regions)::contains).toList();
	}

	/** Those of the distribution's Regions, in its order, that have them. */
	List<String> among(List<String> regions);

}
