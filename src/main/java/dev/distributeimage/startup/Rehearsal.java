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
	 * Carries out what a request would, without its effect. What needs the database comes
	 * last, and once.
	 * @param times how often the rest is carried out
	 * @throws Exception if something is missing that a request may find
	 */
	void rehearse(int times) throws Exception;

	@Override
	default void afterSingletonsInstantiated() {
		Logger logger = LoggerFactory.getLogger(getClass());
		try {
			rehearse(1);
		}
		catch (Exception ex) {
			logger.debug("The rehearsal ended early", ex);
		}
	}

}
