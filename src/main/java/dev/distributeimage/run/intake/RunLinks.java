package dev.distributeimage.run.intake;

import dev.distributeimage.audit.AuditedAction;
import dev.distributeimage.audit.StoredChange;
import dev.distributeimage.trace.Traces;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.context.event.EventListener;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Links the traces of requests that cancel, retry or clean up after runs with the traces
 * of the runs, which continue with the calls that follow.
 */
@Component
class RunLinks {

	private static final String TRACE_PARENT = """
			select trace_parent from run where id = :id and trace_parent is not null""";

	private static final Logger logger = LoggerFactory.getLogger(RunLinks.class);

	private final JdbcClient jdbc;

	private final Traces traces;

	RunLinks(JdbcClient jdbc, Traces traces) {
		this.jdbc = jdbc;
		this.traces = traces;
	}

	// The request is stored: it must not fail for its trace.
	@EventListener
	void changed(StoredChange change) {
		if (change.event().action() == AuditedAction.START || this.traces.current() == null) {
			return;
		}
		try {
			this.jdbc.sql(TRACE_PARENT)
				.param("id", change.event().run())
				.query(String.class)
				.optional()
				.ifPresent(this.traces::link);
		}
		catch (DataAccessException ex) {
			logger.debug("The trace of a request has no link", ex);
		}
	}

}
