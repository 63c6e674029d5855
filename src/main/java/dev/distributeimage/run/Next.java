package dev.distributeimage.run;

import java.time.Duration;

/** When a run is to be taken up again. */
public sealed interface Next {

	/** At once and by the same worker, whose claim is renewed. */
	record AtOnce() implements Next {
	}

	/** By any worker, when it was planned: nothing has come of the claim. */
	record AsPlanned() implements Next {
	}

	/** By any worker, once the pause is over or the deadline is there. */
	record After(Duration pause) implements Next {
	}

	/** Never: the run has ended. */
	record Never() implements Next {
	}

}
