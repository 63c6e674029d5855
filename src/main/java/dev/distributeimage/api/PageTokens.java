package dev.distributeimage.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;
import dev.distributeimage.run.Sha256;

/**
 * The tokens that lead from page to page of a list: the number of the last item, and a
 * checksum over the number, the list and its filters. The checksum keeps a token from
 * being used for another list; it is no secret, since filters alone decide what a caller
 * may see.
 */
final class PageTokens {

	private static final int CHECKSUM_BYTES = 8;

	private PageTokens() {
	}

	/** The token for the page of the list that follows an item. */
	static String token(String list, long number) {
		byte[] token = ByteBuffer.allocate(Long.BYTES + CHECKSUM_BYTES)
			.putLong(number)
			.put(checksum(list, number))
			.array();
		return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
	}

	/**
	 * The number of the item that the page follows.
	 * @throws ProblemException if the token was not issued for this list
	 */
	static long number(String list, String token) {
		byte[] bytes = decoded(token);
		long number = (bytes.length >= Long.BYTES) ? ByteBuffer.wrap(bytes).getLong() : 0;
		// Compared as text: Base64 spells the same bytes in several ways.
		if (!token.equals(token(list, number))) {
			throw new ProblemException(ProblemType.INVALID_PAGE_TOKEN,
					"The pageToken was not issued for this list with these filters.");
		}
		return number;
	}

	private static byte[] decoded(String token) {
		try {
			return Base64.getUrlDecoder().decode(token);
		}
		catch (IllegalArgumentException ex) {
			return new byte[0];
		}
	}

	private static byte[] checksum(String list, long number) {
		MessageDigest digest = Sha256.digest();
		digest.update(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
		return Arrays.copyOf(digest.digest(list.getBytes(StandardCharsets.UTF_8)), CHECKSUM_BYTES);
	}

}
