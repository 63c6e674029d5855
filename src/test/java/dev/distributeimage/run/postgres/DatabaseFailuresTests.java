package dev.distributeimage.run.postgres;

import java.io.EOFException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.orm.jpa.JpaSystemException;

import static org.assertj.core.api.Assertions.assertThat;

class DatabaseFailuresTests {

	@ParameterizedTest
	@ValueSource(strings = { "08006", "40P01", "53100", "57P01", "57P03", "25006" })
	void stateOfTheServerPasses(String state) {
		assertThat(DatabaseFailures.isPassing(new RuntimeException(new SQLException("", state)))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "22P05", "23505", "42P01", "54000", "57014" })
	void stateOfTheStatementDoesNot(String state) {
		assertThat(DatabaseFailures.isPassing(new RuntimeException(new SQLException("", state)))).isFalse();
	}

	@Test
	void lostConnectionPassesWhateverLostIt() {
		SQLException lost = new SQLException("An I/O error occurred", "08006", new EOFException());
		assertThat(DatabaseFailures.isPassing(new DataAccessResourceFailureException("", lost))).isTrue();
	}

	@Test
	void connectionThatThePoolHasClosedPasses() {
		RuntimeException rollback = new IllegalStateException("Unable to rollback",
				new SQLException("Connection is closed"));
		assertThat(DatabaseFailures.isPassing(new JpaSystemException(rollback))).isTrue();
	}

	@Test
	void connectionThatCannotBeHadPasses() {
		assertThat(DatabaseFailures.isPassing(new RuntimeException(new SQLTransientConnectionException()))).isTrue();
	}

	@Test
	void anythingElseDoesNot() {
		assertThat(DatabaseFailures.isPassing(new IllegalStateException())).isFalse();
	}

}
