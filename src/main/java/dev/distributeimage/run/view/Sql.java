package dev.distributeimage.run.view;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A statement and its values, by the names of their parameters.
 */
record Sql(String text, Map<String, Object> values) {

	/** Collects the values of a statement while its clauses are written. */
	static final class Parameters {

		private final Map<String, Object> values = new LinkedHashMap<>();

		/**
		 * Binds a value.
		 * @return the placeholder that stands for it
		 */
		String bind(Object value) {
			String name = "p" + this.values.size();
			this.values.put(name, value);
			return ":" + name;
		}

		/** The statement with this text, which contains all placeholders given out. */
		Sql of(String text) {
			return new Sql(text, Map.copyOf(this.values));
		}

	}

}
