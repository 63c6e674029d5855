package dev.distributeimage.run.postgres;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import com.zaxxer.hikari.HikariDataSource;
import dev.distributeimage.startup.RefusedStartException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

import static org.assertj.core.api.Assertions.assertThat;

class DatabaseEncryptionTests {

	private final ApplicationContextRunner service = new ApplicationContextRunner()
		.withUserConfiguration(Settings.class);

	@ParameterizedTest
	@ValueSource(strings = { "jdbc:postgresql:runs", "jdbc:postgresql:///runs", "jdbc:postgresql://localhost/runs",
			"jdbc:postgresql://LOCALHOST:5432/runs?sslmode=disable", "jdbc:postgresql://127.0.0.1/runs",
			"jdbc:postgresql://127.255.3.4:6432/runs", "jdbc:postgresql://[::1]:5432/runs",
			"jdbc:postgresql://[0:0:0:0:0:0:0:1]/runs", "jdbc:postgresql://localhost:5432,127.0.0.1:5433/runs",
			"jdbc:postgresql://db.example/runs?sslmode=verify-full",
			"jdbc:postgresql://a.example,b.example:5433/runs?sslmode=Verify-CA",
			"jdbc:postgresql://db.example/runs?ssl=true", "jdbc:postgresql://db.example/runs?ssl",
			"jdbc:postgresql://db.example/runs?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory",
			"jdbc:postgresql:runs?PGHOST=127.0.0.1" })
	void loopbackAndVerifiedHostsAreTaken(String url) {
		assertThat(refusal(pool(url))).isEmpty();
		assertThat(refusal(migrations(url))).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "jdbc:postgresql://db.example/runs, db.example", "jdbc:postgresql://10.0.0.7/runs, 10.0.0.7",
			"jdbc:postgresql://[2001:db8::1]/runs, [2001:db8::1]",
			"'jdbc:postgresql://localhost,db.example/runs', 'localhost,db.example'",
			"jdbc:postgresql://127.evil.example/runs, 127.evil.example",
			"jdbc:postgresql://127.0.0.999/runs, 127.0.0.999",
			"jdbc:postgresql://localhost.evil.example/runs, localhost.evil.example",
			"jdbc:postgresql://0.0.0.0/runs, 0.0.0.0", "jdbc:postgresql:runs?PGHOST=db.example, db.example",
			"jdbc:postgresql://db.example/runs?sslmode=require, db.example",
			"jdbc:postgresql://db.example/runs?sslmode=prefer&ssl=true, db.example",
			"jdbc:postgresql://db.example/runs?ssl=false, db.example",
			"jdbc:postgresql://db.example/runs?sslmode=verify-full&sslfactory=org.postgresql.ssl.NonValidatingFactory, "
					+ "db.example",
			"jdbc:postgresql://localhost/runs?socketFactory=elsewhere.Factory, localhost" })
	void otherHostIsRefusedByName(String url, String host) {
		assertThat(refusal(pool(url))).contains("PostgreSQL is on another host (%s)".formatted(host));
		assertThat(refusal(migrations(url))).contains("PostgreSQL is on another host (%s)".formatted(host));
	}

	@Test
	void propertiesOfThePoolCount() {
		HikariDataSource pool = pool("jdbc:postgresql://db.example/runs");
		pool.addDataSourceProperty("sslmode", "verify-full");
		assertThat(refusal(pool)).isEmpty();
		HikariDataSource elsewhere = pool("jdbc:postgresql:runs");
		elsewhere.addDataSourceProperty("PGHOST", "db.example");
		assertThat(refusal(elsewhere)).contains("(db.example)");
	}

	@Test
	void dataSourceOfTheDriverIsRefusedWhateverTheUrlSays() {
		HikariDataSource pool = pool("jdbc:postgresql://localhost/runs");
		pool.setDataSourceClassName(PGSimpleDataSource.class.getName());
		pool.addDataSourceProperty("serverName", "db.example");
		assertThat(refusal(pool)).contains("(an unknown host)");
	}

	@Test
	void hostOfServiceFileCounts(@TempDir Path directory) throws Exception {
		Path file = Files.writeString(directory.resolve("pg_service.conf"), """
				[far]
				host=db.example
				[near]
				host=localhost
				[verified]
				host=db.example
				sslmode=verify-ca
				""");
		System.setProperty("org.postgresql.pgservicefile", file.toString());
		try {
			assertThat(refusal(pool("jdbc:postgresql://?service=far"))).contains("(db.example)");
			assertThat(refusal(pool("jdbc:postgresql://?service=near"))).isEmpty();
			assertThat(refusal(pool("jdbc:postgresql://?service=verified"))).isEmpty();
		}
		finally {
			System.clearProperty("org.postgresql.pgservicefile");
		}
	}

	@Test
	void plainTextMayBeAllowed() {
		this.service.withPropertyValues("distribute-image.database.plain=true")
			.withBean(HikariDataSource.class, () -> pool("jdbc:postgresql://db.example/runs"))
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void refusalNamesNoSecret() {
		assertThat(refusal(pool("jdbc:postgresql://db.example/runs?user=me&password=hidden")))
			.contains("sslmode=verify-full")
			.contains("distribute-image.database.plain=true")
			.doesNotContain("hidden");
	}

	@Test
	void migrationsAreEncryptedAsThePoolIs() {
		this.service.withUserConfiguration(Migrations.class)
			.withBean(JdbcConnectionDetails.class, Details::new)
			.withPropertyValues("spring.datasource.hikari.data-source-properties.sslmode=verify-full",
					"spring.datasource.hikari.data-source-properties.socketTimeout=4")
			.run((context) -> assertThat(
					context.getBean("migrationDataSource", SimpleDriverDataSource.class).getConnectionProperties())
				.isEqualTo(Map.of("sslmode", "verify-full")));
	}

	/** Returns the message that keeps the service from starting, or nothing. */
	private static String refusal(Object dataSource) {
		StaticListableBeanFactory beans = new StaticListableBeanFactory(
				Map.of("settings", new DatabaseSettings(false, Duration.ZERO)));
		try {
			new DatabaseEncryption(beans.getBeanProvider(DatabaseSettings.class))
				.postProcessBeforeInitialization(dataSource, "dataSource");
			return "";
		}
		catch (RefusedStartException ex) {
			return String.valueOf(ex.getMessage());
		}
	}

	private static HikariDataSource pool(String url) {
		HikariDataSource pool = new HikariDataSource();
		pool.setJdbcUrl(url);
		return pool;
	}

	private static SimpleDriverDataSource migrations(String url) {
		SimpleDriverDataSource migrations = new SimpleDriverDataSource();
		migrations.setUrl(url);
		return migrations;
	}

	private static final class Details implements JdbcConnectionDetails {

		@Override
		public String getJdbcUrl() {
			return "jdbc:postgresql://db.example/runs";
		}

		@Override
		public String getUsername() {
			return "me";
		}

		@Override
		public String getPassword() {
			return "secret";
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableConfigurationProperties(DatabaseSettings.class)
	@Import(DatabaseEncryption.class)
	static class Settings {

	}

}
