package dev.distributeimage.run;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The digest of what an image shows besides its status and reason, and its size.
 *
 * @param digest SHA-256 in base64, or null if there is nothing else to store
 * @param weight what the image takes where a run is shown, in bytes, at most: the reason
 * once, all else in the image and in the destinations
 */
record ImageContents(@Nullable String digest, int weight) {

	private static final int SHOWN_TWICE = 2;

	static ImageContents of(Image image) {
		int reason = JsonMapper.shared().writeValueAsBytes(image.reason()).length;
		if (image.amisToStore() == null && image.containersToStore() == null && image.failureContext() == null) {
			return new ImageContents(null, reason);
		}
		MessageDigest digest = Sha256.digest();
		Counted counted = new Counted(digest);
		JsonMapper.shared().writeValue(counted, List.of(image.amis(), image.containers()));
		byte[] context = canonical(image.failureContext()).getBytes(StandardCharsets.UTF_8);
		digest.update(context);
		return new ImageContents(Base64.getEncoder().withoutPadding().encodeToString(digest.digest()),
				reason + SHOWN_TWICE * Math.toIntExact(counted.bytes + context.length));
	}

	// AWS promises no order, and a new order must not look like a change.
	private static String canonical(@Nullable JsonNode node) {
		if (node == null) {
			return "";
		}
		if (node.isObject()) {
			return node.properties()
				.stream()
				.map((member) -> JsonMapper.shared().writeValueAsString(member.getKey()) + ":"
						+ canonical(member.getValue()))
				.sorted()
				.collect(Collectors.joining(",", "{", "}"));
		}
		return node.isArray()
				? node.valueStream().map(ImageContents::canonical).sorted().collect(Collectors.joining(",", "[", "]"))
				: Objects.toString(node);
	}

	/** Digests what is written and counts it. */
	private static final class Counted extends DigestOutputStream {

		private long bytes;

		private Counted(MessageDigest digest) {
			super(OutputStream.nullOutputStream(), digest);
		}

		@Override
		public void write(int one) {
			this.bytes++;
			this.digest.update((byte) one);
		}

		@Override
		public void write(byte[] written, int offset, int length) {
			this.bytes += length;
			this.digest.update(written, offset, length);
		}

	}

}
