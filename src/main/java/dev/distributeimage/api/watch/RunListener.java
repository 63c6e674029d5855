package dev.distributeimage.api.watch;

import java.util.Map;
import java.util.Set;
import java.util.UUID;

import dev.distributeimage.run.view.RunProgress;

/** Is told about the runs that callers wait for. No method blocks. */
interface RunListener {

	/** The service accepts requests. */
	void admitted();

	/** The runs that callers wait for. */
	Set<UUID> runs();

	/** Reports how these runs stand. A run that is missing has been deleted. */
	void seen(Set<UUID> looked, Map<UUID, RunProgress> states);

	/** Some time has passed, whether or not the runs could be read. */
	void timePassed();

	/** The service stops: all callers are answered now, and later ones immediately. */
	void dismissed();

}
