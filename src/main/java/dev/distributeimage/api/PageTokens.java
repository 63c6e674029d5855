package dev.distributeimage.api;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import dev.distributeimage.api.problem.ProblemException;
import dev.distributeimage.api.problem.ProblemType;

/**
 * The tokens that lead from page to page: the last item's number, signed together with
 * the list and its filters. All replicas sign with the database's key.
 */
@Component
class PageTokens {

	private static final String ALGORITHM = "HmacSHA256";

	private static final int SIGNATURE = 16;

	private final JdbcClient jdbc;

	private volatile @Nullable SecretKeySpec key;

	PageTokens(JdbcClient jdbc) {
		this.jdbc = jdbc;
	}

	/** The token for the page of that list behind the item of that number. */
	String token(String list, long number) {
		byte[] token = ByteBuffer.allocate(Long.BYTES + SIGNATURE).putLong(number).put(signature(list, number)).array();
		return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
	}

	/**
	 * The number that the token was made for.
	 * @throws ProblemException if it was not made here, for this list
	 */
	long number(String list, String token) {
		byte[] bytes = decoded(token);
		if (bytes.length == Long.BYTES + SIGNATURE) {
			long number = ByteBuffer.wrap(bytes).getLong();
			byte[] signature = Arrays.copyOfRange(bytes, Long.BYTES, bytes.length);
			if (MessageDigest.isEqual(signature, signature(list, number))) {
				return number;
			}
		}
		throw new ProblemException(ProblemType.INVALID_PAGE_TOKEN,
				"The pageToken is not one that was given for these filters.");
	}

	// Padding would make several tokens of one.
	private static byte[] decoded(String token) {
		try {
			return token.contains("=") ? new byte[0] : Base64.getUrlDecoder().decode(token);
		}
		catch (IllegalArgumentException ex) {
			return new byte[0];
		}
	}

	private byte[] signature(String list, long number) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(key());
			mac.update(ByteBuffer.allocate(Long.BYTES).putLong(number).array());
			return Arrays.copyOf(mac.doFinal(list.getBytes(StandardCharsets.UTF_8)), SIGNATURE);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private SecretKeySpec key() {
		SecretKeySpec known = this.key;
		if (known == null) {
			String stored = this.jdbc.sql("select key::text from page_token_key").query(String.class).single();
			known = new SecretKeySpec(stored.getBytes(StandardCharsets.UTF_8), ALGORITHM);
			this.key = known;
		}
		return known;
	}

}
