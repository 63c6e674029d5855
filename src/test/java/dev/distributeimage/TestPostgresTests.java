package dev.distributeimage;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(properties = "distribute-image.poller.enabled=false")
@Import(TestPostgres.class)
class TestPostgresTests {

	@Test
	void databaseOfContextHasTablesAndNoRuns(@Autowired JdbcClient jdbc) {
		assertThat(jdbc.sql("select count(*) from run").query(Integer.class).single()).isZero();
	}

}
