package dev.distributeimage.run;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every Java has. */
public final class Sha256 {

	private Sha256() {
	}

	/** Returns a new digest, to which nothing has been written. */
	public static MessageDigest digest() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Returns the hash of a text in UTF-8. */
	static byte[] hash(String text) {
		return digest().digest(text.getBytes(StandardCharsets.UTF_8));
	}

}
