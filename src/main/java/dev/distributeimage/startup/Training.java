package dev.distributeimage.startup;

import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

/**
 * Repeats the rehearsals while the AOT cache of the container image is recorded. The
 * cache holds how often methods were called and with which types (JEP 515), so an
 * instance compiles what runs need as soon as it is called, and does not watch it first.
 */
@Component
@Profile("training")
class Training implements SmartInitializingSingleton {

	private static final Logger LOGGER = LoggerFactory.getLogger(Training.class);

	/** The compiler optimizes a method after 5,000 calls. A run calls AWS three times. */
	private static final int TIMES = 3_000;

	private final List<Rehearsal> rehearsals;

	Training(List<Rehearsal> rehearsals) {
		this.rehearsals = rehearsals;
	}

	@Override
	public void afterSingletonsInstantiated() {
		this.rehearsals.forEach(Training::repeat);
	}

	// There is no database, which is all that may be missing.
	private static void repeat(Rehearsal rehearsal) {
		try {
			rehearsal.rehearse(TIMES);
		}
		catch (Exception ex) {
			LOGGER.debug("The training ended early", ex);
		}
	}

}
