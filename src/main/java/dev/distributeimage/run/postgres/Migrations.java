package dev.distributeimage.run.postgres;

import javax.sql.DataSource;

import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/**
 * Gives migrations their own connections. An index on a large table takes longer than the
 * pool's socket timeout of a few seconds.
 */
@Configuration(proxyBeanMethods = false)
class Migrations {

	@Bean(defaultCandidate = false)
	@FlywayDataSource
	DataSource migrationDataSource(JdbcConnectionDetails database) {
		return DataSourceBuilder.create()
			.type(SimpleDriverDataSource.class)
			.driverClassName(database.getDriverClassName())
			.url(database.getJdbcUrl())
			.username(database.getUsername())
			.password(database.getPassword())
			.build();
	}

}
