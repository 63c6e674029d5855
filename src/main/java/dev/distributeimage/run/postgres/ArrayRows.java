package dev.distributeimage.run.postgres;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Passes objects to a statement as rows, one array per column. PostgreSQL unpacks arrays
 * in half the time that it needs for a JSON document.
 */
public record ArrayRows<T>(List<Column<T>> columns) {

	/** Returns these columns and others. */
	public ArrayRows<T> and(ArrayRows<T> others) {
		return new ArrayRows<>(Stream.concat(this.columns.stream(), others.columns.stream()).toList());
	}

	/** Returns a query for the rows, in a statement with {@link #parameters}. */
	public String select(String name) {
		return "select * from unnest(%s) as %s (%s)".formatted(joined(Column::array), name, joined(Column::name));
	}

	/**
	 * Returns the assignments of an update that takes every column from the rows with
	 * this name.
	 */
	public String assignments(String rows) {
		return joined((column) -> column.name() + " = " + rows + "." + column.name());
	}

	/**
	 * Returns the assignments of an update that takes every column from the rows with
	 * this name, or keeps the table's where the condition holds.
	 */
	public String assignmentsUnless(String condition, String rows, String table) {
		return joined((column) -> "%1$s = case when %2$s then %4$s.%1$s else %3$s.%1$s end".formatted(column.name(),
				condition, rows, table));
	}

	private String joined(Function<Column<T>, String> part) {
		return this.columns.stream().map(part).collect(Collectors.joining(", "));
	}

	/** Returns the parameters by name. */
	public Map<String, Object> parameters(List<T> rows, JsonMapper json) {
		return parameters(rows.stream().map((row) -> texts(row, json)).toList());
	}

	/** Returns the parameters of rows whose {@link #texts} were made before. */
	public Map<String, Object> parameters(List<Texts> rows) {
		Map<String, Object> parameters = new LinkedHashMap<>();
		for (int i = 0; i < this.columns.size(); i++) {
			int column = i;
			parameters.put(this.columns.get(i).name(),
					rows.stream().map((row) -> row.values().get(column)).toArray(String[]::new));
		}
		return parameters;
	}

	/** Returns the values of a row as PostgreSQL's texts. */
	public Texts texts(T row, JsonMapper json) {
		List<@Nullable String> values = new ArrayList<>(this.columns.size());
		this.columns.forEach((column) -> values.add(column.text(row, json)));
		return new Texts(values);
	}

	/**
	 * A row in PostgreSQL's texts.
	 *
	 * @param values one for each column, null where the column is null
	 */
	public record Texts(List<@Nullable String> values) {
	}

	/** Starts a list of columns. */
	public static <T> Builder<T> of(Class<T> type) {
		return new Builder<>();
	}

	/** Builds a list of columns. */
	public static final class Builder<T> {

		private final List<Column<T>> columns = new ArrayList<>();

		/**
		 * Adds a column.
		 * @param type the PostgreSQL type
		 */
		public Builder<T> column(String name, String type, Function<T, @Nullable Object> value) {
			this.columns.add(new Column<>(name, type, value));
			return this;
		}

		public ArrayRows<T> build() {
			return new ArrayRows<>(List.copyOf(this.columns));
		}

	}

	/**
	 * A column.
	 *
	 * @param type the PostgreSQL type
	 */
	public record Column<T>(String name, String type, Function<T, @Nullable Object> value) {

		private String array() {
			return "cast(:%s as %s[])".formatted(this.name, this.type);
		}

		private @Nullable String text(T row, JsonMapper json) {
			Object value = this.value.apply(row);
			if (value == null) {
				return null;
			}
			return this.type.equals("jsonb") ? json.writeValueAsString(value) : value.toString();
		}

	}

}
