package dev.distributeimage.run.view;

import java.util.List;

/**
 * A leapfrog join of posting lists: finds the numbers that are in all of them, highest
 * first. From a number in the first list it leaps to the next lower one in the second,
 * and so on; a number at which all lists meet is a result. A leap is one index look-up.
 * The cost of a page depends on its size and on the numbers between its results, not on
 * the number of runs before or after it. The planner has no choice to make, so it cannot
 * make a wrong one.
 *
 * @param below the number below which the search begins
 * @param above the number above which it ends
 * @param check the further condition on {@code last.number}, evaluated where all lists
 * meet
 */
record Leapfrog(List<PostingList> lists, String below, String above, String check) {

	/**
	 * The query, which ends at the limit. Each row of the recursion is a number at which
	 * the last list has arrived, whether all lists meet there, and the number of results
	 * so far.
	 */
	String sql(int limit, Sql.Parameters parameters) {
		// Without the offset, the planner would copy the check to each place that uses
		// it.
		return """
				with recursive leap (number, meets, fits, found) as (
				  select %s, true, false, 0
				  union all
				  select last.number, here.meets, here.fits, leap.found + cast(here.fits as integer)
				  from leap
				%s
				  cross join lateral (select list_0.number = last.number as meets) there
				  cross join lateral (select there.meets, there.meets and %s as fits offset 0) here
				  where leap.found < %s and last.number > %s
				)
				select number from leap where fits""".formatted(this.below, joins(parameters), this.check,
				parameters.bind(limit), this.above);
	}

	// After a meeting, the search continues below it; otherwise, at the number itself.
	private String joins(Sql.Parameters parameters) {
		StringBuilder joins = new StringBuilder();
		String from = "leap.number - cast(leap.meets as integer)";
		for (int i = 0; i < this.lists.size(); i++) {
			joins.append("  cross join lateral %s list_%d\n".formatted(this.lists.get(i).next(from, parameters), i));
			from = "list_%d.number".formatted(i);
		}
		return joins.append("  cross join lateral (select %s) last (number)".formatted(from)).toString();
	}

}
