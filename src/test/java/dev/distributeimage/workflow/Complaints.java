package dev.distributeimage.workflow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;

/** Where the service and the model come apart. */
final class Complaints {

	private final List<String> all = new ArrayList<>();

	/** Notes the complaint, with its arguments, unless this holds. */
	void unless(boolean holds, String complaint, @Nullable Object... arguments) {
		if (!holds) {
			this.all.add(complaint.formatted(Arrays.copyOf(arguments, arguments.length)));
		}
	}

	List<String> all() {
		return this.all;
	}

}
