package dev.distributeimage.startup;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.core.ResolvableType;

/**
 * The names of all settings, read from the records that hold them. A name that the
 * operator chooses, such as a caller's, is a {@code *}; below a {@code **}, every name is
 * a setting.
 */
final class Settings {

	private static final String ANY = "*";

	private static final String ANY_BELOW = "**";

	private final List<List<String>> names = new ArrayList<>();

	/** Adds a setting that no record holds. */
	void add(String name) {
		this.names.add(List.of(name.split("\\.")));
	}

	/** Adds the settings of a record. */
	void add(String prefix, Class<?> settings) {
		add(List.of(prefix.split("\\.")), ResolvableType.forClass(settings));
	}

	private void add(List<String> name, ResolvableType type) {
		Class<?> kind = type.resolve(Object.class);
		if (kind.isRecord()) {
			Arrays.stream(kind.getDeclaredFields())
				.filter((field) -> !Modifier.isStatic(field.getModifiers()))
				.forEach((field) -> add(below(name, name(field)), ResolvableType.forField(field)));
		}
		else if (Map.class.isAssignableFrom(kind)) {
			add(below(name, ANY), type.getGeneric(1));
		}
		else {
			// A list of texts may be one text with commas.
			this.names.add((kind == Object.class) ? below(name, ANY_BELOW) : name);
			if (Collection.class.isAssignableFrom(kind)) {
				add(below(name, ANY), type.getGeneric(0));
			}
		}
	}

	private static String name(Field component) {
		Name own = component.getAnnotation(Name.class);
		return (own != null) ? own.value() : component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
	}

	private static List<String> below(List<String> name, String element) {
		return Stream.concat(name.stream(), Stream.of(element)).toList();
	}

	/** Whether a setting has this name, in any of the forms that Spring Boot takes. */
	boolean has(ConfigurationPropertyName name) {
		return this.names.stream().anyMatch((known) -> is(known, name));
	}

	/** Whether settings have names that begin with this one. */
	boolean hasBelow(ConfigurationPropertyName name) {
		return this.names.stream()
			.anyMatch((known) -> known.size() > name.getNumberOfElements()
					&& is(known.subList(0, name.getNumberOfElements()), name));
	}

	private static boolean is(List<String> known, ConfigurationPropertyName name) {
		int given = name.getNumberOfElements();
		int fixed = known.contains(ANY_BELOW) ? known.indexOf(ANY_BELOW) : known.size();
		return ((fixed < known.size()) ? given >= fixed : given == fixed) && IntStream.range(0, fixed)
			.allMatch(
					(i) -> known.get(i).equals(ANY) || uniform(known.get(i)).equals(name.getElement(i, Form.UNIFORM)));
	}

	/**
	 * Whether an environment variable with a hyphen replaced by an underscore, which
	 * Spring Boot takes for settings that are one text, belongs to a setting.
	 */
	boolean hasVariable(String variable) {
		return this.names.stream()
			.filter((known) -> !known.contains(ANY) && !known.contains(ANY_BELOW))
			.anyMatch((known) -> variable.equals(String.join("_", known).replace('-', '_').toUpperCase(Locale.ROOT)));
	}

	/** The setting whose name is most like this one. */
	String nearest(ConfigurationPropertyName name) {
		return this.names.stream()
			.filter((known) -> !known.contains(ANY_BELOW))
			.map((known) -> filledIn(known, name))
			.min(Comparator.comparingInt((known) -> distance(uniform(known), uniform(name.toString()))))
			.orElseThrow();
	}

	// The names that the operator chose are right.
	private static String filledIn(List<String> known, ConfigurationPropertyName name) {
		return String.join(".",
				IntStream.range(0, known.size())
					.mapToObj((i) -> (known.get(i).equals(ANY) && i < name.getNumberOfElements())
							? name.getElement(i, Form.ORIGINAL) : known.get(i))
					.toList());
	}

	private static String uniform(String name) {
		return name.replace("-", "").toLowerCase(Locale.ROOT);
	}

	// Levenshtein's.
	private static int distance(String one, String other) {
		int[] row = IntStream.rangeClosed(0, other.length()).toArray();
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				int replaced = diagonal + ((one.charAt(i - 1) == other.charAt(j - 1)) ? 0 : 1);
				diagonal = row[j];
				row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[other.length()];
	}

}
