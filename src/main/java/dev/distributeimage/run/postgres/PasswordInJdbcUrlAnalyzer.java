package dev.distributeimage.run.postgres;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports a password in a JDBC URL by one sentence. */
class PasswordInJdbcUrlAnalyzer extends AbstractFailureAnalyzer<PasswordInJdbcUrlException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, PasswordInJdbcUrlException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()), null, cause);
	}

}
