package dev.distributeimage.run.postgres;

import java.util.Properties;

import javax.sql.DataSource;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.flyway.autoconfigure.FlywayConnectionDetails;
import org.springframework.boot.flyway.autoconfigure.FlywayDataSource;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/**
 * Gives migrations their own connections. An index on a large table takes longer than the
 * pool's socket timeout of a few seconds. {@code spring.flyway.user}, and a URL of its
 * own, take precedence over the pool's.
 */
@Configuration(proxyBeanMethods = false)
class Migrations {

	private static final String POOL_PROPERTIES = "spring.datasource.hikari.data-source-properties";

	@Bean(defaultCandidate = false)
	@FlywayDataSource
	DataSource migrationDataSource(JdbcConnectionDetails database, ObjectProvider<FlywayConnectionDetails> flyway,
			Environment environment) {
		FlywayConnectionDetails own = flyway.getIfAvailable();
		String url = (own != null) ? own.getJdbcUrl() : null;
		String user = (own != null) ? own.getUsername() : null;
		DataSourceBuilder<SimpleDriverDataSource> builder = DataSourceBuilder.create()
			.type(SimpleDriverDataSource.class)
			.driverClassName(database.getDriverClassName())
			.url((url != null) ? url : database.getJdbcUrl());
		SimpleDriverDataSource migrations = ((own != null && user != null)
				? builder.username(user).password(own.getPassword())
				: builder.username(database.getUsername()).password(database.getPassword()))
			.build();
		migrations.setConnectionProperties(properties(environment));
		return migrations;
	}

	// TLS may be set up there. Only the timeout is the pool's alone.
	private static Properties properties(Environment environment) {
		Properties properties = new Properties();
		Binder.get(environment)
			.bind(POOL_PROPERTIES, Bindable.mapOf(String.class, String.class))
			.ifBound(properties::putAll);
		properties.remove("socketTimeout");
		return properties;
	}

}
