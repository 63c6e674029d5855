package dev.distributeimage.run.view;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.view.EarlierBuild.Seen;
import dev.distributeimage.run.view.RunFilter.Criterion;
import dev.distributeimage.run.view.RunFilter.Field;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The earlier builds of a recipe, reconstructed from the events of their runs. */
@Component
public class EarlierBuilds {

	/** Enough for a forecast; older builds say less about the next one. */
	static final int KEPT = 20;

	private final BoundedQueries queries;

	private final RunSnapshots runs;

	EarlierBuilds(BoundedQueries queries, RunSnapshots runs) {
		this.queries = queries;
		this.runs = runs;
	}

	/**
	 * The newest finished builds with any version of the recipe of a run; none, if the
	 * run builds nothing.
	 */
	@Transactional(readOnly = true)
	public List<EarlierBuild> ofRecipeOf(UUID run) {
		Optional<Criterion> recipe = this.runs.recipeArn(run).map(EarlierBuilds::anyVersion);
		if (recipe.isEmpty()) {
			return List.of();
		}
		Map<Long, List<Seen>> builds = new LinkedHashMap<>();
		for (RunEvent event : this.queries.list(newest(recipe.get()), RunEvent.class)) {
			Seen seen = new Seen(String.valueOf(event.detail().get("status")), event.at());
			builds.computeIfAbsent(event.number(), (number) -> new ArrayList<>()).add(seen);
		}
		return builds.values().stream().map(EarlierBuild::new).toList();
	}

	/**
	 * How long the newest successful runs with any version of a recipe took, from their
	 * start to their end.
	 * @param recipe the ARN of an image or container recipe, with a version
	 * @param owner the owner of the runs, or null for those of all
	 */
	@Transactional(readOnly = true)
	public List<Duration> durations(String recipe, @Nullable String owner) {
		RunFilter runs = new RunFilter(EnumSet.of(RunStatus.SUCCEEDED), List.of(anyVersion(recipe)), null, null);
		return this.queries.list(newestDurations((owner != null) ? runs.ofOwner(owner) : runs), Long.class)
			.stream()
			.map(Duration::ofSeconds)
			.toList();
	}

	private static Sql newestDurations(RunFilter runs) {
		Sql numbers = RunNumbers.query(runs, Long.MAX_VALUE, KEPT);
		return new Sql("""
				select cast(extract(epoch from build.finished_at - build.created_at) as bigint)
				from (%s) newest
				cross join lateral (
				  select finished_at, run_input.created_at, retries
				  from run_input join run on run.id = run_input.run_id
				  where run_input.number = newest.number limit 1
				) build
				where build.finished_at is not null and build.retries = '[]'""".formatted(numbers.text()),
				numbers.values());
	}

	private static Criterion anyVersion(String recipe) {
		Field field = recipe.contains(":container-recipe/") ? Field.CONTAINER_RECIPE_ARN : Field.IMAGE_RECIPE_ARN;
		return new Criterion(field, Arn.withoutVersion(recipe));
	}

	// Every part has a limit: the planner reads one after the other by its key, and none
	// grows with the number of runs. Retried runs are left out: they have seen the end of
	// one image and the beginning of another.
	static Sql newest(Criterion anyVersion) {
		Sql numbers = RunNumbers.query(
				new RunFilter(EnumSet.of(RunStatus.SUCCEEDED, RunStatus.FAILED), List.of(anyVersion), null, null),
				Long.MAX_VALUE, KEPT);
		return new Sql("""
				select event.*
				from (%s) newest
				cross join lateral (
				  select final_status, retries
				  from run_input join run on run.id = run_input.run_id
				  where run_input.number = newest.number limit 1
				) build
				cross join lateral (
				  select * from run_event
				  where number = newest.number and type = 'IMAGE_STATUS' and detail ->> 'status' is not null
				  order by sequence limit 100
				) event
				where build.final_status in ('AVAILABLE', 'FAILED') and build.retries = '[]'
				order by event.number, event.sequence""".formatted(numbers.text()), numbers.values());
	}

}
