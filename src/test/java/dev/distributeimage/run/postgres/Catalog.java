package dev.distributeimage.run.postgres;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * PostgreSQL's description of a schema, as far as the statements of a running service
 * depend on it.
 *
 * @param objects descriptions by kind and name, such as {@code column run.step}
 */
record Catalog(Map<String, String> objects) {

	// A constraint of type n is a column's NOT NULL, of which the column tells.
	private static final String OBJECTS = """
			with relation as (
			  select oid, relname, relkind from pg_class
			  where relnamespace = cast(current_schema as regnamespace) and relkind in ('r', 'p', 'v', 'm')
			    and relname <> 'flyway_schema_history'
			), attribute as (
			  select attribute.*, relname || '.' || attname as name
			  from pg_attribute attribute join relation on attrelid = relation.oid
			  where attnum > 0 and not attisdropped
			)
			select 'table ' || relname as name, cast(relkind as text) as description from relation
			union all
			select 'column ' || name, format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else '' end
			from attribute
			union all
			select 'default ' || name, '' from attribute where atthasdef or attidentity <> ''
			union all
			select case when contype in ('p', 'u') then 'key ' else 'constraint ' end || relname || '.' || conname, ''
			from pg_constraint join relation on conrelid = relation.oid where contype <> 'n'
			union all
			select 'unique index ' || relname || '.' || cast(indexrelid as regclass), ''
			from pg_index join relation on indrelid = relation.oid where indisunique
			union all
			select 'function ' || proname || '(' || pg_get_function_identity_arguments(oid) || ')',
			  pg_get_function_result(oid)
			from pg_proc where pronamespace = cast(current_schema as regnamespace)
			union all
			select 'value ' || typname || '.' || enumlabel, ''
			from pg_enum join pg_type on pg_type.oid = enumtypid
			where typnamespace = cast(current_schema as regnamespace)""";

	static Catalog of(JdbcClient jdbc) {
		Map<String, String> objects = new TreeMap<>();
		jdbc.sql(OBJECTS).query((row) -> {
			objects.put(row.getString("name"), String.valueOf(row.getString("description")));
		});
		return new Catalog(objects);
	}

	/**
	 * Returns what would break a service that was written for this catalog and meets the
	 * later one.
	 */
	Set<String> brokenBy(Catalog later) {
		Set<String> broken = new TreeSet<>();
		this.objects.forEach((name, description) -> {
			boolean restricts = name.startsWith("constraint ");
			if (!restricts && !description.equals(later.objects.get(name))) {
				broken.add(name);
			}
		});
		later.objects.forEach((name, description) -> {
			if (!this.objects.containsKey(name) && isInAKnownTable(name) && later.refusesRows(name, description)) {
				broken.add(name);
			}
		});
		return broken;
	}

	private boolean isInAKnownTable(String name) {
		return this.objects.containsKey("table " + name.replaceFirst("^[a-z ]+ ", "").replaceFirst("\\..*", ""));
	}

	// Whether rows that a service writes, which does not know of this object, are
	// refused.
	private boolean refusesRows(String name, String description) {
		if (name.startsWith("column ")) {
			return description.endsWith(" not null")
					&& !this.objects.containsKey(name.replaceFirst("^column", "default"));
		}
		return name.startsWith("constraint ") || name.startsWith("key ") || name.startsWith("unique index ");
	}

}
