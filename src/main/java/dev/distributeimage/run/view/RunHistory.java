package dev.distributeimage.run.view;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import dev.distributeimage.run.postgres.Columns;

/** What happened to runs, in order. */
@Component
public class RunHistory {

	private static final TypeReference<Map<String, Object>> DETAIL = new TypeReference<>() {
	};

	private final JdbcClient jdbc;

	private final JsonMapper json;

	RunHistory(JdbcClient jdbc, JsonMapper json) {
		this.jdbc = jdbc;
		this.json = json;
	}

	/** The next events behind a place. */
	public List<RunEvent> after(Place place, int limit) {
		return after(List.of(place), limit).getOrDefault(place, List.of());
	}

	/** The next events behind each of these places; none where there are none yet. */
	public Map<Place, List<RunEvent>> after(Collection<Place> places, int limit) {
		Map<Place, List<RunEvent>> events = new HashMap<>();
		this.jdbc.sql("""
				select id, place.after, event.*
				from unnest(cast(:ids as uuid[]), cast(:afters as bigint[])) place (id, after)
				join run using (id)
				cross join lateral (
				  select * from run_event where number = run.number and sequence > place.after
				  order by sequence limit :limit) event
				order by id, place.after, event.sequence""")
			.param("ids", places.stream().map((place) -> place.run().toString()).toArray(String[]::new))
			.param("afters", places.stream().map(Place::after).toArray(Long[]::new))
			.param("limit", limit)
			.query((row) -> {
				Place place = new Place(row.getObject("id", UUID.class), row.getLong("after"));
				events.computeIfAbsent(place, (key) -> new ArrayList<>()).add(event(row));
			});
		return events;
	}

	private RunEvent event(ResultSet row) throws SQLException {
		return new RunEvent(row.getLong("sequence"), Columns.time(row, "at"), row.getString("type"),
				row.getString("by"), row.getString("step"), this.json.readValue(row.getString("detail"), DETAIL));
	}

	/**
	 * A place in a run's history.
	 *
	 * @param after the last event before it, or 0
	 */
	public record Place(UUID run, long after) {
	}

}
