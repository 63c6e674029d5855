package dev.distributeimage.run.postgres;

import java.util.Map;
import java.util.Objects;

import org.springframework.util.PropertyPlaceholderHelper;

/** Puts the text of a statement together from parts that have names. */
public final class StatementText {

	private static final PropertyPlaceholderHelper PLACEHOLDERS = new PropertyPlaceholderHelper("${", "}");

	private StatementText() {
	}

	/**
	 * Returns the text with each <code>${name}</code> replaced by the part of this name.
	 * @throws NullPointerException if there is no such part
	 */
	public static String of(String text, Map<String, ?> parts) {
		return of(text, parts, Map.of());
	}

	/**
	 * Returns the text with each <code>${name}</code> replaced by the part of this name:
	 * one of those that similar statements have, too, or one of its own.
	 * @throws NullPointerException if there is no such part
	 */
	public static String of(String text, Map<String, ?> ofAll, Map<String, ?> own) {
		return PLACEHOLDERS.replacePlaceholders(text,
				(name) -> Objects.requireNonNull(own.containsKey(name) ? own.get(name) : ofAll.get(name), name)
					.toString());
	}

}
