package dev.distributeimage;

import org.junit.jupiter.api.Test;

import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;

class TestPostgresTests {

	private final TestPostgres postgres = new TestPostgres();

	@Test
	void everyContextHasDatabaseOfItsOwn() {
		JdbcClient first = connect(this.postgres.newDatabase());
		JdbcClient second = connect(this.postgres.newDatabase());
		first.sql("create table seen (id int)").update();
		assertThat(second.sql("select to_regclass('seen') is null").query(Boolean.class).single()).isTrue();
		assertThat(second.sql("show server_version").query(String.class).single()).startsWith("18");
	}

	private static JdbcClient connect(JdbcConnectionDetails database) {
		DriverManagerDataSource dataSource = new DriverManagerDataSource(database.getJdbcUrl());
		dataSource.setUsername(database.getUsername());
		dataSource.setPassword(database.getPassword());
		return JdbcClient.create(dataSource);
	}

}
