package dev.distributeimage.aws;

/** Knows for which accounts the service has credentials. */
public interface Accounts {

	/**
	 * Whether the credentials are of another account than this. False while their account
	 * is not known.
	 */
	boolean lackCredentialsFor(Place place);

}
