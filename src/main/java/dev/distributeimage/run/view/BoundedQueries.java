package dev.distributeimage.run.view;

import java.time.Duration;
import java.util.List;

import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Runs searches within bounds that hold for the rest of the caller's transaction: a
 * statement has a time limit, and the planner must read lists in order.
 */
@Component
class BoundedQueries {

	/** Far more than any single filter needs. */
	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final EntityManager entityManager;

	private final Duration timeout;

	@Autowired
	BoundedQueries(EntityManager entityManager) {
		this(entityManager, TIMEOUT);
	}

	BoundedQueries(EntityManager entityManager, Duration timeout) {
		this.entityManager = entityManager;
		this.timeout = timeout;
	}

	/** The rows of a query. */
	@Transactional(propagation = Propagation.MANDATORY)
	public <R> List<R> list(Sql sql, Class<R> type) {
		setBounds();
		@SuppressWarnings("unchecked")
		TypedQuery<R> query = (TypedQuery<R>) this.entityManager.createNativeQuery(sql.text(), type);
		sql.values().forEach(query::setParameter);
		return query.getResultList();
	}

	// Expecting few entries for a filter, the planner would collect and sort them, even
	// if they turn out to be all runs. An index scan has them in order.
	private void setBounds() {
		this.entityManager.createNativeQuery("""
				select set_config('statement_timeout', :millis, true) || set_config('enable_bitmapscan', 'off', true)
				  || set_config('enable_seqscan', 'off', true)""", String.class)
			.setParameter("millis", Long.toString(this.timeout.toMillis()))
			.getSingleResult();
	}

}
