package dev.distributeimage.workflow;

import java.util.function.Consumer;

/** An action in a sequence, with its description. */
record Action(String text, Consumer<ModelWorld> act) {

	@Override
	public String toString() {
		return this.text;
	}

}
