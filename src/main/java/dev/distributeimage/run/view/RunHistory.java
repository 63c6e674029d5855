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

	// The ordinal tells apart two readers of one run, each at a place of its own.
	private static final String AFTER = """
			select place.ordinal, event.*
			from unnest(cast(:runs as uuid[]), cast(:afters as bigint[])) with ordinality as place (run, after, ordinal)
			join run on run.id = place.run
			cross join lateral (
			  select * from run_event where number = run.number and sequence > place.after
			  order by sequence limit :limit
			) event
			order by place.ordinal, event.sequence""";

	private final EntityManager entityManager;

	RunHistory(EntityManager entityManager) {
		this.entityManager = entityManager;
	}

	/** The next events after a place. */
	public List<RunEvent> after(Place place, int limit) {
		return after(List.of(place), limit).getOrDefault(place, List.of());
	}

	/** The next events after each place, without the places that have none. */
	@SuppressWarnings("unchecked")
	public Map<Place, List<RunEvent>> after(Collection<Place> places, int limit) {
		List<Place> ordered = List.copyOf(places);
		NativeQuery<Object[]> query = this.entityManager.createNativeQuery(AFTER).unwrap(NativeQuery.class);
		query.addScalar("ordinal", Integer.class).addEntity("event", RunEvent.class);
		query.setParameter("runs", ordered.stream().map(Place::run).toArray(UUID[]::new));
		query.setParameter("afters", ordered.stream().map(Place::after).toArray(Long[]::new));
		query.setParameter("limit", limit);
		Map<Place, List<RunEvent>> events = new HashMap<>();
		for (Object[] row : query.getResultList()) {
			Place place = ordered.get((Integer) row[0] - 1);
			events.computeIfAbsent(place, (key) -> new ArrayList<>()).add((RunEvent) row[1]);
		}
		return events;
	}

	/**
	 * A place in a run's history.
	 *
	 * @param after the sequence of the last event before the place, or 0
	 */
	public record Place(UUID run, long after) {
	}

}
