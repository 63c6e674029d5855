package dev.distributeimage.simulator;

import tools.jackson.databind.node.ObjectNode;

/** The effect of one operation. */
@FunctionalInterface
interface Action {

	/** Returns the answer's members except {@code requestId}. */
	ObjectNode carryOut(Call call);

}
