package dev.distributeimage.startup;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports a {@link RefusedStartException} without a stack trace. */
class RefusedStartFailureAnalyzer extends AbstractFailureAnalyzer<RefusedStartException> {

	@Override
	protected FailureAnalysis analyze(Throwable failure, RefusedStartException cause) {
		return new FailureAnalysis(String.valueOf(cause.getMessage()), null, cause);
	}

}
