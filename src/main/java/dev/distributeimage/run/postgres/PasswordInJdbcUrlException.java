package dev.distributeimage.run.postgres;

/** A JDBC URL with a password in it, which neither this nor anything else repeats. */
class PasswordInJdbcUrlException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates it.
	 * @param url the name of the setting that has the URL
	 * @param password the name of the setting that is meant for the password
	 */
	PasswordInJdbcUrlException(String url, String password) {
		super("The URL in %s contains a password, which would be logged: remove it there and set %s instead."
			.formatted(url, password));
	}

}
