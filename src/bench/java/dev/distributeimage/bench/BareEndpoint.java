package dev.distributeimage.bench;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.data.jpa.autoconfigure.DataJpaRepositoriesAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.ManagementWebSecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/**
 * The minimum cost of a request with Spring MVC and JDBC: a body is stored as it arrives,
 * in one row with one unique key, and returned unchanged. Nothing is validated, measured
 * or explained.
 */
@RestController
@EnableAutoConfiguration(exclude = { DataJpaRepositoriesAutoConfiguration.class, HibernateJpaAutoConfiguration.class,
		FlywayAutoConfiguration.class, ObservationAutoConfiguration.class, MetricsAutoConfiguration.class,
		CompositeMeterRegistryAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
		ManagementWebSecurityAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class })
// Hidden from the service, which scans these packages.
@ConditionalOnProperty("bench.bare")
class BareEndpoint {

	static final String TABLE = "create table bare (token text primary key, body jsonb not null)";

	private final JdbcClient jdbc;

	BareEndpoint(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	@PostMapping(path = "/bare", consumes = MediaType.APPLICATION_JSON_VALUE,
			produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<String> store(@RequestBody String body) {
		this.jdbc.sql("""
				insert into bare (token, body)
				select body ->> 'clientToken', body from (select cast(:body as jsonb) as body) asked""")
			.param("body", body)
			.update();
		return ResponseEntity.status(HttpStatus.ACCEPTED).body(body);
	}

	@GetMapping(path = "/bare/{token}", produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<String> show(@PathVariable String token) {
		return ResponseEntity.of(this.jdbc.sql("select body::text from bare where token = :token")
			.param("token", token)
			.query(String.class)
			.optional());
	}

}
