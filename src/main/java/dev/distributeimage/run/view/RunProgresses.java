package dev.distributeimage.run.view;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;

/** How runs stand, in a glance at many. */
@Component
public class RunProgresses {

	private final JdbcClient jdbc;

	RunProgresses(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** How these runs stand, as far as there are any, by their ids. */
	public Map<UUID, RunProgress> of(Collection<UUID> ids) {
		Map<UUID, RunProgress> states = new HashMap<>();
		this.jdbc.sql("""
				select id, status, step, image_status, last_event
				from run where id = any (cast(:ids as uuid[]))""")
			.param("ids", ids.stream().map(UUID::toString).toArray(String[]::new))
			.query((row) -> {
				UUID id = row.getObject("id", UUID.class);
				states.put(id, new RunProgress(id, RunStatus.valueOf(row.getString("status")),
						StepId.of(row.getString("step")), row.getString("image_status"), row.getLong("last_event")));
			});
		return states;
	}

}
