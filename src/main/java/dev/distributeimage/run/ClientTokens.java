package dev.distributeimage.run;

import java.security.SecureRandom;
import java.util.stream.Collectors;

/** Makes client tokens: what AWS tells a repeated call from a new one by. */
public final class ClientTokens {

	/**
	 * 24 characters; with 12 random ones a token has the 36 that AWS's older models
	 * allow.
	 */
	private static final String PREFIX = "arazzo-distribute-image-";

	private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

	private static final SecureRandom RANDOM = new SecureRandom();

	private ClientTokens() {
	}

	/** A token that no call has had. */
	public static String next() {
		return PREFIX + RANDOM.ints(12, 0, ALPHABET.length())
			.mapToObj((index) -> ALPHABET.substring(index, index + 1))
			.collect(Collectors.joining());
	}

}
