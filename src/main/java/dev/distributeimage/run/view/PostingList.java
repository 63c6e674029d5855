package dev.distributeimage.run.view;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.Term;

/**
 * The numbers of the runs that one filter finds, in the order of an index: a range for
 * each value.
 *
 * @param table the table of the index
 * @param condition selects a range; a question mark stands for the value, if there is any
 */
record PostingList(String table, String condition, List<String> values) {

	/** Every run. */
	static PostingList ofAll() {
		return new PostingList("run_input", "true", List.of());
	}

	/** The runs of a term. */
	static PostingList ofTerm(Term term) {
		return new PostingList("run_term", "term = ?", List.of(term.text()));
	}

	/**
	 * The runs with this value in a column of the input that has an index: together with
	 * the number, or unique.
	 */
	static PostingList ofInput(String column, String value) {
		return new PostingList("run_input", column + " = ?", List.of(value));
	}

	/** The runs that have ended with this failure. */
	static PostingList ofFailure(String code) {
		// Without the literals, the planner cannot use the partial index.
		return new PostingList("run", "status <> 'RUNNING' and failure is not null and " + failure("?"), List.of(code));
	}

	/** The condition that a run has a failure with this code. AWS sends any text. */
	static String failure(String code) {
		return "left(failure ->> 'code', 128) = " + code;
	}

	/** The runs that have ended with one of these statuses. */
	static PostingList ofEnded(Collection<RunStatus> statuses) {
		// Without the literal, the planner cannot use the partial index.
		return new PostingList("run", "status <> 'RUNNING' and status = cast(? as run_status)",
				statuses.stream().map(RunStatus::name).toList());
	}

	/**
	 * The query for the highest number in the list up to a given one. It has no row at
	 * the end of the list.
	 */
	String next(String upTo, Sql.Parameters parameters) {
		List<String> ranges = conditions(parameters).map((range) -> next(range, upTo)).toList();
		return (ranges.size() == 1) ? ranges.get(0) : "(select number from (%s) ranges order by number desc limit 1)"
			.formatted(String.join(" union all ", ranges));
	}

	private String next(String range, String upTo) {
		return "(select number from %s where %s and number <= %s order by number desc limit 1)".formatted(this.table,
				range, upTo);
	}

	private Stream<String> conditions(Sql.Parameters parameters) {
		return this.values.isEmpty() ? Stream.of(this.condition)
				: this.values.stream().map((value) -> this.condition.replace("?", parameters.bind(value)));
	}

	/** The condition that a number is in the list: a point look-up. */
	String has(String number, Sql.Parameters parameters) {
		return number + " = " + next(number, parameters);
	}

}
