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
 * Carries out searches within bounds, which hold for the rest of the caller's
 * transaction: a statement ends after some time, and the planner reads no list but in
 * order.
 */
@Component
class BoundedQueries {

	/** Any single filter takes far less. */
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

	// The planner may expect few entries for a filter, collect them and sort them, and
	// meet all runs: an index has them in order.
	private void setBounds() {
		this.entityManager.createNativeQuery("""
				select set_config('statement_timeout', :millis, true) || set_config('enable_bitmapscan', 'off', true)
				  || set_config('enable_seqscan', 'off', true)""", String.class)
			.setParameter("millis", Long.toString(this.timeout.toMillis()))
			.getSingleResult();
	}

}
