package dev.distributeimage.api;

import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

/** Tests what is done before the service is ready. A rehearsal hides its failures. */
@ApiTest
@NullUnmarked
class StartRehearsalTests {

	@Autowired
	private StartRehearsal rehearsal;

	@Autowired
	private JdbcClient jdbc;

	@Test
	void rehearsalGoesThroughAndStoresNothing() {
		long before = runs();
		assertThatCode(() -> this.rehearsal.rehearse(2)).doesNotThrowAnyException();
		assertThat(runs()).isEqualTo(before);
	}

	private long runs() {
		return this.jdbc.sql("select count(*) from run_input").query(Long.class).single();
	}

}
