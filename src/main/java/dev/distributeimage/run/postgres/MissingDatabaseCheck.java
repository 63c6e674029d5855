package dev.distributeimage.run.postgres;

import dev.distributeimage.startup.RefusedStartException;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.stereotype.Component;

/**
 * Refuses to start without a database. Spring Boot would advise one that lives in memory.
 */
@Component
class MissingDatabaseCheck implements BeanPostProcessor {

	@Override
	public Object postProcessBeforeInitialization(Object bean, String name) {
		if (bean instanceof JdbcConnectionDetails database) {
			try {
				database.getJdbcUrl();
				database.getDriverClassName();
			}
			catch (BeanCreationException | IllegalArgumentException ex) {
				throw new RefusedStartException(
						"No PostgreSQL is set: set spring.datasource.url, such as jdbc:postgresql://localhost:5432/distribute_image, "
								+ "spring.datasource.username and spring.datasource.password.");
			}
		}
		return bean;
	}

}
