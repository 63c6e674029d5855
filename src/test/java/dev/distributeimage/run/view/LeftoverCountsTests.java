package dev.distributeimage.run.view;

import dev.distributeimage.DatabaseTest;
import dev.distributeimage.TestPostgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@DatabaseTest
@NullUnmarked
class LeftoverCountsTests {

	@Autowired
	private JdbcClient jdbc;

	@Autowired
	private Leftovers leftovers;

	@BeforeEach
	void empty() {
		TestPostgres.empty(this.jdbc);
	}

	@Test
	void eachKindIsCountedWithoutWhatIsClosed() {
		leave("distribution-configuration", "image-failed", "arn:1", "null");
		leave("distribution-configuration", "image-failed", "arn:2", "engine_now()");
		leave("distribution-configuration", "superseded", "arn:3", "null");
		leave("ami", "superseded", "ami-1", "null");
		leave("ami", "image-failed", "ami-2", "null");
		SimpleMeterRegistry metrics = new SimpleMeterRegistry();
		new LeftoverCounts(this.leftovers, metrics);
		assertThat(value(metrics, "distribution-configuration")).isOne();
		assertThat(value(metrics, "ami")).isEqualTo(2);
	}

	@Test
	void countIsKeptForAMinute() {
		SimpleMeterRegistry metrics = new SimpleMeterRegistry();
		new LeftoverCounts(this.leftovers, metrics);
		assertThat(value(metrics, "ami")).isZero();
		leave("ami", "image-failed", "ami-1", "null");
		assertThat(value(metrics, "ami")).isZero();
	}

	private static double value(SimpleMeterRegistry metrics, String kind) {
		return metrics.get("distribute.image.leftovers").tag("kind", kind).gauge().value();
	}

	private void leave(String kind, String reason, String resource, String closedAt) {
		this.jdbc.sql("""
				insert into leftover (run_id, kind, reason, region, account, resource, closed_at)
				values (gen_random_uuid(), cast(:kind as leftover_kind), cast(:reason as leftover_reason), 'eu-west-1',
				  '123456789012', :resource, %s)""".formatted(closedAt))
			.param("kind", kind)
			.param("reason", reason)
			.param("resource", resource)
			.update();
	}

}
