package dev.distributeimage.run.view;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A statement with its values by the names of their parameters.
 */
record Sql(String text, Map<String, Object> values) {

	/** Names the parameters of a statement as its clauses are made. */
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

		/** The statement of this text, which has all placeholders given out. */
		Sql of(String text) {
			return new Sql(text, Map.copyOf(this.values));
		}

	}

}
