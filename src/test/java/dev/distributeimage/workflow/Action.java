package dev.distributeimage.workflow;

import java.util.function.Consumer;

/** Something that is done in a sequence, and how it reads. */
record Action(String text, Consumer<ModelWorld> act) {

	@Override
	public String toString() {
		return this.text;
	}

}
