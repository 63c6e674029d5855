package dev.distributeimage.run.queue;

import java.util.Locale;
import java.util.UUID;

/**
 * A run that a distribution configuration must stay for, beside the one that made it.
 *
 * @param ofOtherOwner whether its owner is another one, who may not be meant to know of
 * it
 * @param way how it uses it
 */
public record ConfigurationUser(UUID run, boolean ofOtherOwner, Way way) {

	/** How a run uses a distribution configuration. */
	public enum Way {

		/** It has made one of this name later: the earlier one is gone. */
		MADE_AGAIN,

		/** It is in flight, and may yet use it. */
		RUNNING,

		/** It named the configuration in its request. */
		REUSED,

		/** It has used the name with success. */
		SUCCEEDED;

		static Way of(String name) {
			return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
		}

	}

}
