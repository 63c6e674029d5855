package dev.distributeimage.run.postgres;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports an {@link UnverifiedDatabaseException} without a stack trace. */
class UnverifiedDatabaseFailureAnalyzer extends AbstractFailureAnalyzer<UnverifiedDatabaseException> {

	@Override
	protected FailureAnalysis analyze(Throwable failure, UnverifiedDatabaseException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()), null, cause);
	}

}
