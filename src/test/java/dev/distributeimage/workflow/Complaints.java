package dev.distributeimage.workflow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** The differences between the service and the model. */
final class Complaints {

	private final List<String> all = new ArrayList<>();

	/** Adds the complaint, with its arguments, unless the condition holds. */
	void unless(boolean holds, String complaint, @Nullable Object... arguments) {
		if (!holds) {
			this.all.add(complaint.formatted(Arrays.copyOf(arguments, arguments.length)));
		}
	}

	List<String> all() {
		return this.all;
	}

}
