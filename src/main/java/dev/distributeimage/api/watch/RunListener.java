package dev.distributeimage.api.watch;

import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.distributeimage.run.view.RunProgress;

/** Callers that wait for something to happen to runs. None of the methods waits. */
interface RunListener {

	/** The service takes requests. */
	void admitted();

	/** The runs that are waited for. */
	Set<UUID> runs();

	/** Shows how these runs stand. One that was waited for and is not there is gone. */
	void seen(Set<UUID> looked, Map<UUID, RunProgress> states);

	/** Some time has passed, whether the runs could be looked at or not. */
	void timePassed();

	/** The service stops: all callers get their answer now, and later ones at once. */
	void dismissed();

}
