package dev.distributeimage.simulator;

import tools.jackson.databind.node.ObjectNode;

/** What one operation does. */
@FunctionalInterface
interface Action {

	/** The answer's members except {@code requestId}. */
	ObjectNode carryOut(Call call);

}
