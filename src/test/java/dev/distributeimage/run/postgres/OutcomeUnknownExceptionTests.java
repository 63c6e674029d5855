package dev.distributeimage.run.postgres;

import java.io.EOFException;
import java.sql.SQLException;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

import org.springframework.dao.DataAccessResourceFailureException;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class OutcomeUnknownExceptionTests {

	@Test
	void fullDiskIsDefinite() {
		SQLException full = new SQLException("could not extend file", "53100");
		assertThatExceptionOfType(DataAccessResourceFailureException.class)
			.isThrownBy(() -> OutcomeUnknownException.unlessDefinite(failing(full)));
	}

	@Test
	void fullDiskThatTheServerDiesOfIsNot() {
		SQLException full = new SQLException("could not write to file", "53100");
		full.setNextException(new SQLException("An I/O error occurred", "08006", new EOFException()));
		assertThatExceptionOfType(OutcomeUnknownException.class)
			.isThrownBy(() -> OutcomeUnknownException.unlessDefinite(failing(full)));
	}

	private static Supplier<Integer> failing(SQLException cause) {
		return () -> {
			throw new DataAccessResourceFailureException("", cause);
		};
	}

}
