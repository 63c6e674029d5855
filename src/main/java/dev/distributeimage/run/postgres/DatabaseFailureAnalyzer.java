package dev.distributeimage.run.postgres;

import java.sql.SQLException;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

/**
 * Reports without a stack trace why PostgreSQL cannot be used. The codes are PostgreSQL's
 * (its manual, appendix A).
 */
@Order(0)
class DatabaseFailureAnalyzer extends AbstractFailureAnalyzer<SQLException> {

	private static final String USER = "Set spring.datasource.username and spring.datasource.password to a role of this "
			+ "server that may log in; for another role that migrates, spring.flyway.user and spring.flyway.password.";

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable failure, SQLException cause) {
		String action = action(cause);
		return (action == null) ? null
				: new FailureAnalysis("PostgreSQL cannot be used: " + cause.getMessage(), action, cause);
	}

	private static @Nullable String action(SQLException cause) {
		String code = String.valueOf(cause.getSQLState());
		if (DatabaseFailures.isNotReady(cause)) {
			return "Start PostgreSQL, or correct the host and the port in spring.datasource.url.";
		}
		return switch (code) {
			case "28P01", "28000" -> USER;
			case "3D000" -> "Create the database (create database NAME owner ROLE), or correct its name in "
					+ "spring.datasource.url.";
			case "42501" ->
				"Give the role that migrates its own schema or database (alter database NAME owner to ROLE), "
						+ "or let another role migrate: spring.flyway.user and spring.flyway.password.";
			default -> null;
		};
	}

}
