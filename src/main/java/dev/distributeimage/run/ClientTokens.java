package dev.distributeimage.run;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Generates client tokens, by which AWS recognizes a repeated call.
 * <p>
 * The first token of a run is the caller's, or random. All others follow from it. A run
 * that is carried out again, because the database was restored from a backup, thus sends
 * the tokens that it sent before.
 */
public final class ClientTokens {

	/**
	 * 24 characters. With 12 more a token has 36, the limit in AWS's older models.
	 */
	private static final String PREFIX = "arazzo-distribute-image-";

	private static final int LENGTH = 12;

	private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

	private static final SecureRandom RANDOM = new SecureRandom();

	private ClientTokens() {
	}

	/** Returns a new random token. */
	public static String next() {
		return PREFIX + RANDOM.ints(LENGTH, 0, ALPHABET.length())
			.mapToObj((index) -> ALPHABET.substring(index, index + 1))
			.collect(Collectors.joining());
	}

	/** Returns the token that follows a spent one, always the same. */
	static String after(String spent) {
		return following("after " + spent);
	}

	/**
	 * Returns the token of a RetryImage, always the same.
	 * @param createImage the token of the create that made the image
	 * @param number the number of the run's retry
	 */
	static String ofRetry(String createImage, int number) {
		return following("retry " + number + " of " + createImage);
	}

	private static String following(String text) {
		BigInteger rest = new BigInteger(1, Sha256.hash(text));
		StringBuilder token = new StringBuilder(PREFIX);
		for (int i = 0; i < LENGTH; i++) {
			BigInteger[] parts = rest.divideAndRemainder(BigInteger.valueOf(ALPHABET.length()));
			token.append(ALPHABET.charAt(parts[1].intValue()));
			rest = parts[0];
		}
		return token.toString();
	}

	/**
	 * Returns the id of a run: the given one, with a second half that follows from the
	 * run's client token.
	 * @param drawn a UUID of version 7
	 */
	public static UUID id(UUID drawn, String clientToken) {
		long half = ByteBuffer.wrap(Sha256.hash(clientToken)).getLong();
		return new UUID(drawn.getMostSignificantBits(), (half & Long.MAX_VALUE >>> 1) | Long.MIN_VALUE);
	}

	/** Whether ids belong to runs with one client token. */
	public static boolean haveOneToken(UUID id, String other) {
		String text = id.toString();
		return other.length() == text.length() && other.endsWith(text.substring("01234567-0123-0123".length()));
	}

}
