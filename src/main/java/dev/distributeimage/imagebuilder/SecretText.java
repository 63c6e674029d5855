package dev.distributeimage.imagebuilder;

import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

/** Removes secrets from AWS's messages. */
final class SecretText {

	private static final String HIDDEN = "…";

	private SecretText() {
	}

	/**
	 * Hides these credentials. AWS quotes the signed headers, a session token among them,
	 * when it finds another signature.
	 */
	static String without(AwsCredentials credentials, String message) {
		String shown = message.replace(credentials.secretAccessKey(), HIDDEN);
		return (credentials instanceof AwsSessionCredentials session) ? shown.replace(session.sessionToken(), HIDDEN)
				: shown;
	}

}
