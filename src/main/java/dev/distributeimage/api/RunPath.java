package dev.distributeimage.api;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;

/** The path of a run, {@code /v1/runs/{id}}. */
final class RunPath {

	// UUID.fromString accepts 1-1-1-1-1 as well.
	private static final Pattern UUID_FORM = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

	private RunPath() {
	}

	static String of(UUID run) {
		return "/v1/runs/" + run;
	}

	/**
	 * The id in a path.
	 * @throws ProblemException if no run can have it
	 */
	static UUID id(String text) {
		return idIfAny(text).orElseThrow(RunPath::notFound);
	}

	/** The id in a path, or empty if the text has not the form of one. */
	static Optional<UUID> idIfAny(String text) {
		return UUID_FORM.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
	}

	/** The problem of a path without a run. */
	static ProblemException notFound() {
		return new ProblemException(ProblemType.NOT_FOUND, "There is no run with this id.");
	}

}
