package dev.distributeimage.run.postgres;

import java.io.EOFException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.orm.jpa.JpaSystemException;
import org.springframework.transaction.CannotCreateTransactionException;

import static org.assertj.core.api.Assertions.assertThat;

class DatabaseFailuresTests {

	@ParameterizedTest
	@CsvSource({ "08006, true", "25006, true", "40001, true", "40P01, true", "53100, true", "57P01, true",
			"57P03, true", "22P05, false", "23505, false", "42P01, false", "54000, false", "57014, false" })
	void isTransient(String state, boolean expected) {
		assertThat(DatabaseFailures.isTransient(failure(state))).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource({ "08001, true", "08006, true", "57P01, true", "57P03, true", "25006, false", "40P01, false",
			"53100, false", "57014, false", "23505, false" })
	void isUnreachableAsIsLostConnection(String state, boolean lost) {
		assertThat(DatabaseFailures.isUnreachable(failure(state))).isEqualTo(lost);
		assertThat(DatabaseFailures.isLostConnection(failure(state))).isEqualTo(lost);
	}

	@ParameterizedTest
	@CsvSource({ "53100, true", "53200, true", "53300, true", "25006, true", "25001, false", "08006, false",
			"57P03, false", "23505, false" })
	void isOutOfResourcesOrReadOnly(String state, boolean noWrites) {
		assertThat(DatabaseFailures.isOutOfResourcesOrReadOnly(failure(state))).isEqualTo(noWrites);
	}

	@ParameterizedTest
	@CsvSource({ "57014, true", "57P01, false", "55P03, false", "08006, false" })
	void isStatementTimeout(String state, boolean timeout) {
		assertThat(DatabaseFailures.isStatementTimeout(failure(state))).isEqualTo(timeout);
	}

	@Test
	void lostConnectionIsLostWhateverLostIt() {
		SQLException lost = new SQLException("An I/O error occurred", "08006", new EOFException());
		assertThat(DatabaseFailures.isLostConnection(new DataAccessResourceFailureException("", lost))).isTrue();
		assertThat(DatabaseFailures.isTransient(new DataAccessResourceFailureException("", lost))).isTrue();
	}

	@Test
	void connectionThatThePoolHasClosedIsLost() {
		RuntimeException rollback = new IllegalStateException("Unable to rollback",
				new SQLException("Connection is closed"));
		assertThat(DatabaseFailures.isLostConnection(new JpaSystemException(rollback))).isTrue();
		assertThat(DatabaseFailures.isTransient(new JpaSystemException(rollback))).isTrue();
	}

	@Test
	void connectionLostAfterAnErrorIsLost() {
		SQLException full = new SQLException("could not write to file", "53100");
		full.setNextException(new SQLException("An I/O error occurred", "08006", new EOFException()));
		assertThat(DatabaseFailures.isLostConnection(new DataAccessResourceFailureException("", full))).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "08001" })
	void connectionThatCannotBeHadIsUnreachableAndNotLost(String state) {
		SQLException none = new SQLTransientConnectionException("Connection is not available", state);
		assertThat(DatabaseFailures.isUnreachable(new RuntimeException(none))).isTrue();
		assertThat(DatabaseFailures.isTransient(new RuntimeException(none))).isTrue();
		assertThat(DatabaseFailures.isLostConnection(new RuntimeException(none))).isFalse();
	}

	@Test
	void springsExceptionForNoConnectionIsUnreachable() {
		assertThat(DatabaseFailures.isUnreachable(new CannotGetJdbcConnectionException(""))).isTrue();
		assertThat(DatabaseFailures.isUnreachable(new CannotCreateTransactionException(""))).isTrue();
	}

	@Test
	void otherFailuresAreNoneOfThese() {
		for (RuntimeException ex : new RuntimeException[] { new IllegalStateException(),
				new BatchOverdueException() }) {
			assertThat(DatabaseFailures.isTransient(ex)).isFalse();
			assertThat(DatabaseFailures.isLostConnection(ex)).isFalse();
			assertThat(DatabaseFailures.isOutOfResourcesOrReadOnly(ex)).isFalse();
			assertThat(DatabaseFailures.isStatementTimeout(ex)).isFalse();
		}
	}

	private static RuntimeException failure(String state) {
		return new IllegalStateException(new RuntimeException(new SQLException("", state)));
	}

}
