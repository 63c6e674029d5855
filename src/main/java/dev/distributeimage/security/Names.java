package dev.distributeimage.security;

import dev.distributeimage.startup.RefusedStartException;

/** Names that an operator gives to issuers and callers, and that records keep. */
final class Names {

	private Names() {
	}

	/** Returns the name of an entry of a setting, if it can be one. */
	static String required(String setting, String name) {
		if (!name.matches("[a-z0-9-]{1,32}")) {
			throw new RefusedStartException(
					"%s.%s is no name: set one of at most 32 lower-case letters, digits and hyphens.".formatted(setting,
							name));
		}
		return name;
	}

}
