package dev.distributeimage.run.view;

/**
 * The beginning of a name. The runs that it finds are no posting list: their index is in
 * the order of names, which differ from run to run, and not in that of numbers.
 * <p>
 * So there are two ways. A few runs are collected and sorted, as runs in flight are. Many
 * are met soon on the way through all runs, as far as they are spread among them: each is
 * checked.
 */
record NamePrefix(String prefix) {

	/**
	 * The most runs that are collected, in a few milliseconds. Among a million runs, one
	 * of so many is met at every hundredth.
	 */
	static final int FEW = 10_000;

	/** Follows every character that a name may have. */
	private static final String END = "{";

	/**
	 * The query for the numbers of the runs, in any order; one more than are collected if
	 * there are many.
	 */
	String few(Sql.Parameters parameters) {
		return "select number from run_input where %s limit %d".formatted(condition(parameters), FEW + 1);
	}

	/** The condition on the request of a run, by the order of bytes. */
	String condition(Sql.Parameters parameters) {
		return "run_input.distribution_name >= %s and run_input.distribution_name < %s"
			.formatted(parameters.bind(this.prefix), parameters.bind(this.prefix + END));
	}

}
