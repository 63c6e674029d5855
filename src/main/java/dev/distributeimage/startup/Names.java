package dev.distributeimage.startup;

/** Names that an operator gives to the entries of a setting, and that records keep. */
public final class Names {

	private Names() {
	}

	/**
	 * Returns the name of an entry of a setting.
	 * @throws RefusedStartException if it can be none
	 */
	public static String require(String setting, String name) {
		if (!name.matches("[a-z0-9-]{1,32}")) {
			throw new RefusedStartException(
					"%s.%s is no name: set one of at most 32 lower-case letters, digits and hyphens.".formatted(setting,
							name));
		}
		return name;
	}

}
