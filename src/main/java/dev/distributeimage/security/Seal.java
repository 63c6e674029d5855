package dev.distributeimage.security;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;

import javax.crypto.Cipher;
import javax.crypto.KeyGenerator;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

import org.jspecify.annotations.Nullable;

/**
 * Seals what browsers keep for the service: nobody else can read or change it (AES-GCM).
 * The key is made at the start and never leaves the process.
 */
final class Seal {

	private static final String CIPHER = "AES/GCM/NoPadding";

	private static final int KEY_BITS = 256;

	private static final int TAG_BITS = 128;

	private static final int NONCE_BYTES = 12;

	private final SecureRandom random = new SecureRandom();

	private final SecretKey key;

	Seal() {
		try {
			KeyGenerator keys = KeyGenerator.getInstance("AES");
			keys.init(KEY_BITS);
			this.key = keys.generateKey();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Returns a text for a cookie. */
	String close(byte[] content) {
		byte[] nonce = new byte[NONCE_BYTES];
		this.random.nextBytes(nonce);
		try {
			byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce).doFinal(content);
			byte[] all = ByteBuffer.allocate(nonce.length + sealed.length).put(nonce).put(sealed).array();
			return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/** Returns what was sealed; null if it was not sealed here, or was changed. */
	byte @Nullable [] open(String text) {
		try {
			ByteBuffer all = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
			if (all.remaining() < NONCE_BYTES) {
				return null;
			}
			byte[] nonce = new byte[NONCE_BYTES];
			all.get(nonce);
			byte[] sealed = new byte[all.remaining()];
			all.get(sealed);
			return cipher(Cipher.DECRYPT_MODE, nonce).doFinal(sealed);
		}
		catch (GeneralSecurityException | IllegalArgumentException ex) {
			return null;
		}
	}

	private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
		Cipher cipher = Cipher.getInstance(CIPHER);
		cipher.init(mode, this.key, new GCMParameterSpec(TAG_BITS, nonce));
		return cipher;
	}

}
