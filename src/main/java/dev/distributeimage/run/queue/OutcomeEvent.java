package dev.distributeimage.run.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.distributeimage.run.NewEvent;
import dev.distributeimage.run.postgres.ArrayRows;
import tools.jackson.databind.json.JsonMapper;

/**
 * An event of an outcome, as a row of the statement that stores both.
 *
 * @param position the position of the event in its outcome, from 1
 */
record OutcomeEvent(UUID run, int position, NewEvent event) {

	static final ArrayRows<OutcomeEvent> ROWS = ArrayRows.of(OutcomeEvent.class)
		.column("event_run", "uuid", OutcomeEvent::run)
		.column("event_position", "integer", OutcomeEvent::position)
		.column("event_type", "event_type", (row) -> row.event().type())
		.column("event_step", "step_id", (row) -> row.event().step())
		.column("event_detail", "jsonb", (row) -> row.event().detail())
		.build();

	static Map<String, Object> parameters(List<Outcome> outcomes, JsonMapper json) {
		List<OutcomeEvent> events = new ArrayList<>();
		for (Outcome outcome : outcomes) {
			List<NewEvent> ofRun = outcome.run().newEvents();
			for (int i = 0; i < ofRun.size(); i++) {
				events.add(new OutcomeEvent(outcome.run().id(), i + 1, ofRun.get(i)));
			}
		}
		return ROWS.parameters(events, json);
	}

}
