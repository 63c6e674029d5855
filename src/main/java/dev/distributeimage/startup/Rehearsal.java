package dev.distributeimage.startup;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Uses, before the service is ready, what the first request needs: its classes, its
 * statements and its connections would otherwise be loaded, parsed and opened while a
 * caller waits. Changes nothing. A rehearsal that fails costs the first caller time, and
 * does not keep the service from starting.
 */
public interface Rehearsal extends SmartInitializingSingleton {

	/**
	 * Carries out what a request would, without its effect.
	 * @throws Exception if something is missing that a request may find
	 */
	void rehearse() throws Exception;

	@Override
	default void afterSingletonsInstantiated() {
		Logger logger = LoggerFactory.getLogger(getClass());
		try {
			rehearse();
		}
		catch (Exception ex) {
			logger.debug("The rehearsal ended early", ex);
		}
	}

}
