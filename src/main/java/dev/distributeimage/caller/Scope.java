package dev.distributeimage.caller;

import java.util.Arrays;
import java.util.Optional;

/** A right that a caller may have. None implies another. */
public enum Scope {

	/** To see runs and their events, and to wait for them. */
	READ("runs:read"),

	/** To start runs. */
	WRITE("runs:write"),

	/** To cancel and to retry runs, and to remove what they have left. */
	OPERATE("runs:operate"),

	/** To read the management port from another machine. */
	ACTUATOR("actuator");

	private final String text;

	Scope(String text) {
		this.text = text;
	}

	/** The scope as tokens and settings write it; empty if there is none like it. */
	public static Optional<Scope> of(String text) {
		return Arrays.stream(values()).filter((scope) -> scope.text.equals(text)).findAny();
	}

	/** As tokens and settings write it. */
	@Override
	public String toString() {
		return this.text;
	}

}
