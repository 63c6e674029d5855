package dev.distributeimage.run.view;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.Term;
import dev.distributeimage.run.view.RunFilter.Criterion;
import dev.distributeimage.run.view.RunFilter.Field;

/**
 * The query for the numbers of a page of runs.
 * <p>
 * A filter on a property that never changes is a posting list, and so is the status of
 * runs that have ended; {@link Leapfrog} intersects the lists. Properties that the engine
 * changes have no list, which every poll would have to update: they are checked where the
 * lists meet. RUNNING has no list either: the runs in flight are few enough to be sorted,
 * and each is looked up in the lists of the other filters.
 */
final class RunNumbers {

	private final Sql.Parameters parameters = new Sql.Parameters();

	private final RunFilter filter;

	private final long before;

	private final int limit;

	private final Optional<NamePrefix> prefix;

	private RunNumbers(RunFilter filter, long before, int limit) {
		this.filter = filter;
		this.before = before;
		this.limit = limit;
		this.prefix = filter.value(Field.DISTRIBUTION_NAME_PREFIX).map(NamePrefix::new);
	}

	/**
	 * The query.
	 * @param before the number below which the page begins
	 */
	static Sql query(RunFilter filter, long before, int limit) {
		RunNumbers numbers = new RunNumbers(filter, before, limit);
		return numbers.parameters.of(numbers.text());
	}

	private String text() {
		return this.prefix.isPresent() ? byPrefix(this.prefix.get()) : byStatus();
	}

	// PostgreSQL counts once, and does not begin with the part that the count rules out.
	private String byPrefix(NamePrefix name) {
		return """
				with named as materialized (%s), size as materialized (select count(*) as runs from named)
				(
				  select number
				  from (select number from named where number < %s and number > %s order by number desc offset 0) few
				  where (select runs from size) <= %d and %s
				  limit %s
				) union all (
				  select number from (%s) many where (select runs from size) > %4$d
				)""".formatted(name.few(this.parameters), below(), above(), NamePrefix.FEW, matches("few.number"),
				this.parameters.bind(this.limit), byStatus());
	}

	/** The condition that all but the prefix holds for a run: point look-ups. */
	private String matches(String number) {
		List<String> conditions = new ArrayList<>(times("run_input"));
		conditions.addAll(changing());
		conditions.addAll(failure());
		conditions.add("run.status in (%s)".formatted(wanted().stream()
			.map((status) -> "cast(%s as run_status)".formatted(this.parameters.bind(status.name())))
			.collect(Collectors.joining(", "))));
		List<String> all = new ArrayList<>(List.of("""
				coalesce((
				  select %s from run_input join run on run.id = run_input.run_id where run_input.number = %s), false)"""
			.formatted(String.join(" and ", conditions), number)));
		lists().forEach((list) -> all.add(list.has(number, this.parameters)));
		return String.join(" and ", all);
	}

	/** The statuses of which a run must have one. */
	private Set<RunStatus> wanted() {
		return this.filter.statuses().isEmpty() ? EnumSet.allOf(RunStatus.class) : this.filter.statuses();
	}

	private String byStatus() {
		Set<RunStatus> statuses = wanted();
		if (statuses.size() == RunStatus.values().length && !this.filter.has(Field.FAILURE_CODE)) {
			return listed(lists());
		}
		if (!statuses.contains(RunStatus.RUNNING)) {
			return ended(statuses);
		}
		Set<RunStatus> others = EnumSet.copyOf(statuses);
		others.remove(RunStatus.RUNNING);
		return others.isEmpty() ? running() : """
				select number from ((%s) union all (%s)) either
				order by number desc limit %s""".formatted(ended(others), running(), this.parameters.bind(this.limit));
	}

	private String ended(Set<RunStatus> statuses) {
		List<PostingList> lists = lists();
		Optional<String> failure = this.filter.value(Field.FAILURE_CODE);
		failure.ifPresent((code) -> lists.add(PostingList.ofFailure(code)));
		if (failure.isEmpty() || statuses.size() < RunStatus.values().length - 1) {
			lists.add(PostingList.ofEnded(statuses));
		}
		return listed(lists);
	}

	private String listed(List<PostingList> lists) {
		List<PostingList> some = lists.isEmpty() ? List.of(PostingList.ofAll()) : lists;
		return new Leapfrog(some, below(), above(), check()).sql(this.limit, this.parameters);
	}

	private String running() {
		List<String> conditions = new ArrayList<>(
				List.of("next_attempt_at is not null", "number < " + below(), "number > " + above()));
		conditions.addAll(times("run"));
		conditions.addAll(changing());
		conditions.addAll(failure());
		this.prefix.ifPresent((name) -> conditions.add("(select %s from run_input where run_input.number = run.number)"
			.formatted(name.condition(this.parameters))));
		lists().forEach((list) -> conditions.add(list.has("run.number", this.parameters)));
		return "select number from run where %s order by number desc limit %s"
			.formatted(String.join(" and ", conditions), this.parameters.bind(this.limit));
	}

	private List<PostingList> lists() {
		List<PostingList> lists = new ArrayList<>();
		for (Criterion criterion : this.filter.criteria()) {
			String value = criterion.value();
			switch (criterion.field()) {
				case STEP, IMAGE_STATUS -> {
					// Changes: see changing().
				}
				case FAILURE_CODE -> {
					// Has a list of ended runs only: see ended() and running().
				}
				case DISTRIBUTION_NAME_PREFIX -> {
					// Has no list: see byPrefix().
				}
				case DISTRIBUTION_NAME -> lists.add(PostingList.ofInput("distribution_name", value));
				case CLIENT_TOKEN -> lists.add(PostingList.ofInput("client_token", value));
				case OWNER -> lists.add(PostingList.ofInput("owner", value));
				case IMAGE_RECIPE_ARN -> lists.add(ofRecipe(value));
				case CONTAINER_RECIPE_ARN -> lists.add(PostingList.ofTerm(Term.ofContainerRecipe(value)));
				case IMAGE_BUILD_VERSION_ARN -> lists.add(PostingList.ofTerm(Term.ofImage(value)));
				case IMAGE -> lists.add(PostingList.ofTerm(Term.ofAmi(value)));
				case REGION -> lists.add(PostingList.ofTerm(Term.ofRegion(value)));
				case LABEL -> lists.add(PostingList.ofTerm(Term.ofLabel(value)));
				case CREATED_BY -> lists.add(PostingList.ofInput("created_by", value));
			}
		}
		return lists;
	}

	// A recipe's name has no dot, and its version has two.
	private static PostingList ofRecipe(String arn) {
		boolean versioned = arn.indexOf('.', arn.lastIndexOf('/')) >= 0;
		return versioned ? PostingList.ofInput("image_recipe_arn", arn) : PostingList.ofTerm(Term.ofRecipe(arn));
	}

	/** Conditions on properties that the engine changes. */
	private List<String> changing() {
		List<String> conditions = new ArrayList<>();
		for (Criterion criterion : this.filter.criteria()) {
			switch (criterion.field()) {
				case STEP ->
					conditions.add("run.step = cast(%s as step_id)".formatted(this.parameters.bind(criterion.value())));
				case IMAGE_STATUS -> conditions.add("run.image_status = " + this.parameters.bind(criterion.value()));
				// A retried run may have given up the image that lists it.
				case IMAGE_BUILD_VERSION_ARN ->
					conditions.add("run.image_build_version_arn = " + this.parameters.bind(criterion.value()));
				case DISTRIBUTION_NAME, DISTRIBUTION_NAME_PREFIX, CLIENT_TOKEN, IMAGE_RECIPE_ARN, CONTAINER_RECIPE_ARN,
						IMAGE, REGION, LABEL, CREATED_BY, OWNER, FAILURE_CODE -> {
					// Has a list: see lists().
				}
			}
		}
		return conditions;
	}

	private List<String> failure() {
		return this.filter.value(Field.FAILURE_CODE)
			.map((code) -> PostingList.failure(this.parameters.bind(code)))
			.stream()
			.toList();
	}

	private List<String> times(String table) {
		List<String> conditions = new ArrayList<>();
		if (this.filter.createdAfter() != null) {
			conditions.add(table + ".created_at >= " + time(this.filter.createdAfter()));
		}
		if (this.filter.createdBefore() != null) {
			conditions.add(table + ".created_at < " + time(this.filter.createdBefore()));
		}
		return conditions;
	}

	// A scalar subquery: the planner cannot turn it into a join.
	private String check() {
		List<String> changing = changing();
		List<String> conditions = new ArrayList<>(times("run_input"));
		conditions.addAll(changing);
		this.prefix.ifPresent((name) -> conditions.add(name.condition(this.parameters)));
		if (conditions.isEmpty()) {
			return "true";
		}
		String tables = changing.isEmpty() ? "run_input" : "run_input join run on run.id = run_input.run_id";
		return "coalesce((select %s from %s where run_input.number = last.number), false)"
			.formatted(String.join(" and ", conditions), tables);
	}

	// Numbers and times increase in nearly the same order: two statements that overtake
	// each other are much less than a minute apart. Beyond a run that misses a limit by a
	// minute, no run fits. A run that fits says nothing about its neighbours.
	private String below() {
		String below = "cast(%s as bigint)".formatted(this.parameters.bind(this.before));
		return (this.filter.createdBefore() == null) ? below : """
				least(%s, (
				  select number from run_input where created_at >= %s + interval '1 minute'
				  order by created_at, number limit 1))""".formatted(below, time(this.filter.createdBefore()));
	}

	private String above() {
		return (this.filter.createdAfter() == null) ? "0" : """
				coalesce((
				  select number from run_input where created_at < %s - interval '1 minute'
				  order by created_at desc, number desc limit 1), 0)""".formatted(time(this.filter.createdAfter()));
	}

	private String time(Instant moment) {
		OffsetDateTime value = moment.atOffset(ZoneOffset.UTC);
		return "cast(%s as timestamptz)".formatted(this.parameters.bind(value));
	}

}
