package dev.distributeimage.run.view;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import jakarta.persistence.EntityManager;
import org.hibernate.query.NativeQuery;

import org.springframework.stereotype.Repository;

/** The events of runs, in order. */
@Repository
public class RunHistory {

	// Two readers of one run may be at different cursors; the ordinal tells them apart.
	private static final String AFTER = """
			select cursor.ordinal, event.*
			from unnest(cast(:runs as uuid[]), cast(:afters as bigint[])) with ordinality as cursor (run, after, ordinal)
			join run on run.id = cursor.run
			cross join lateral (
			  select * from run_event where number = run.number and sequence > cursor.after
			  order by sequence limit :limit
			) event
			order by cursor.ordinal, event.sequence""";

	private final EntityManager entityManager;

	RunHistory(EntityManager entityManager) {
		this.entityManager = entityManager;
	}

	/** The next events after a cursor. */
	public List<RunEvent> after(Cursor cursor, int limit) {
		return after(List.of(cursor), limit).getOrDefault(cursor, List.of());
	}

	/** The next events after each cursor, without the cursors that have none. */
	@SuppressWarnings("unchecked")
	public Map<Cursor, List<RunEvent>> after(Collection<Cursor> cursors, int limit) {
		List<Cursor> ordered = List.copyOf(cursors);
		NativeQuery<Object[]> query = this.entityManager.createNativeQuery(AFTER).unwrap(NativeQuery.class);
		query.addScalar("ordinal", Integer.class).addEntity("event", RunEvent.class);
		query.setParameter("runs", ordered.stream().map(Cursor::run).toArray(UUID[]::new));
		query.setParameter("afters", ordered.stream().map(Cursor::after).toArray(Long[]::new));
		query.setParameter("limit", limit);
		Map<Cursor, List<RunEvent>> events = new HashMap<>();
		for (Object[] row : query.getResultList()) {
			Cursor cursor = ordered.get((Integer) row[0] - 1);
			events.computeIfAbsent(cursor, (key) -> new ArrayList<>()).add((RunEvent) row[1]);
		}
		return events;
	}

	/**
	 * A position in a run's history.
	 *
	 * @param after the sequence of the last event before the position, or 0
	 */
	public record Cursor(UUID run, long after) {
	}

}
