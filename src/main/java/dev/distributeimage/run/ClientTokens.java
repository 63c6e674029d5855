package dev.distributeimage.run;

import java.security.SecureRandom;
import java.util.stream.Collectors;

/** Generates client tokens, by which AWS recognizes a repeated call. */
public final class ClientTokens {

	/**
	 * 24 characters. With 12 random ones a token has 36, the limit in AWS's older models.
	 */
	private static final String PREFIX = "arazzo-distribute-image-";

	private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

	private static final SecureRandom RANDOM = new SecureRandom();

	private ClientTokens() {
	}

	/** Returns a new random token. */
	public static String next() {
		return PREFIX + RANDOM.ints(12, 0, ALPHABET.length())
			.mapToObj((index) -> ALPHABET.substring(index, index + 1))
			.collect(Collectors.joining());
	}

}
