package dev.distributeimage.run.postgres;

/**
 * Thrown at the start if PostgreSQL is on another host and its certificate unverified.
 */
class UnverifiedDatabaseException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	UnverifiedDatabaseException(String host) {
		super(("PostgreSQL is on another host (%s), and neither its certificate is verified (set sslmode=verify-full "
				+ "in spring.datasource.url, and in spring.flyway.url if there is one) nor is plain text allowed "
				+ "(set distribute-image.database.plain=true).")
			.formatted(host));
	}

}
