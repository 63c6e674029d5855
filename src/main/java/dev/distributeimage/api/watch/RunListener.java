package dev.distributeimage.api.watch;

import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.distributeimage.run.view.RunProgress;

/**
 * Callers that wait for runs to change. No method may wait for a caller; reads of the
 * database are allowed.
 */
interface RunListener {

	/** The service has started to accept requests. */
	void started();

	/** The runs that callers wait for. */
	Set<UUID> runs();

	/** Shows the progress of the runs asked for. A run that was not found is gone. */
	void progress(Set<UUID> asked, Map<UUID, RunProgress> found);

	/** Some time has passed, whether or not the runs could be read. */
	void tick();

	/** The service stops: all callers are answered now, and later ones at once. */
	void stopped();

}
