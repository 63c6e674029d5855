package dev.distributeimage.run;

import java.time.Duration;

/** The time at which a run is due next. */
public sealed interface Next {

	/** At once, for the same worker, whose lease is renewed. */
	record AtOnce() implements Next {
	}

	/** At the due time that the run had before the claim, for any worker. */
	record AsPlanned() implements Next {
	}

	/** After a pause, or at the deadline if that is earlier, for any worker. */
	record After(Duration pause) implements Next {
	}

	/** Never: the run has ended. */
	record Never() implements Next {
	}

}
