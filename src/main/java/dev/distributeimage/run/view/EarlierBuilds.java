package dev.distributeimage.run.view;

import dev.distributeimage.run.Term;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

import dev.distributeimage.run.view.EarlierBuild.Seen;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.postgres.Columns;

/** How the builds of a recipe went, read from the history of their runs. */
@Component
public class EarlierBuilds {

	/** So many say how the next one will go; older ones would say it of another time. */
	static final int KEPT = 20;

	// Every part is limited: the planner takes one after the other by its key, and none
	// grows with the number of runs. A retried run has seen the end of one image and the
	// begin of another.
	private static final String NEWEST = """
			select build.id, event.detail ->> 'status' as status, event.at
			from (%s) newest
			cross join lateral (
			  select run.id, run.final_status, run.retries
			  from run_input join run on run.id = run_input.run_id
			  where run_input.number = newest.number limit 1
			) build
			cross join lateral (
			  select sequence, detail, at from run_event
			  where number = newest.number and type = 'IMAGE_STATUS' and detail ->> 'status' is not null
			  order by sequence limit 100
			) event
			where build.final_status in ('AVAILABLE', 'FAILED') and build.retries = '[]'
			order by newest.number, event.sequence""";

	private final RunSearch search;

	private final JdbcClient jdbc;

	EarlierBuilds(RunSearch search, JdbcClient jdbc) {
		this.search = search;
		this.jdbc = jdbc;
	}

	/**
	 * The newest builds that have ended of the recipe of this run, whatever its version.
	 */
	@Transactional(readOnly = true)
	public List<EarlierBuild> ofRecipeOf(UUID run) {
		this.search.limitTheStatement();
		String recipe = this.jdbc
			.sql("select regexp_replace(image_recipe_arn, '/[^/]*$', '') from run_input where run_id = :run")
			.param("run", run)
			.query(String.class)
			.single();
		Map<String, Object> parameters = new HashMap<>();
		String newest = newest(recipe, parameters);
		Map<UUID, List<Seen>> builds = new LinkedHashMap<>();
		this.jdbc.sql(newest).params(parameters).query((row) -> {
			Seen seen = new Seen(row.getString("status"), Columns.time(row, "at"));
			builds.computeIfAbsent(row.getObject("id", UUID.class), (id) -> new ArrayList<>()).add(seen);
		});
		return builds.values().stream().map(EarlierBuild::new).toList();
	}

	static String newest(String recipe, Map<String, Object> parameters) {
		parameters.putAll(Map.of("before", Long.MAX_VALUE, "limit", KEPT));
		RunFilter ended = new RunFilter(EnumSet.of(RunStatus.SUCCEEDED, RunStatus.FAILED),
				List.of(new Term("imageRecipeArn", recipe)), null, null);
		return NEWEST.formatted(RunSearch.numbers(ended, parameters));
	}

}
