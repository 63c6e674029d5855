package dev.distributeimage.run;

import org.jspecify.annotations.Nullable;

/**
 * The image that the last successful poll returned, as far as the engine needs it. Its
 * AMIs may take megabytes, so the engine does not read them back: a digest tells whether
 * they have changed.
 *
 * @param digest the digest of its failure context, AMIs and containers, or null if the
 * status is all there is
 * @param unstored the image itself if it is to be stored; null if it is stored already
 */
public record LastImage(@Nullable String status, @Nullable String reason, @Nullable String digest,
		@Nullable UnstoredImage unstored) {

	/** Returns an image that is stored, or null if none was seen. */
	public static @Nullable LastImage ofStored(@Nullable String status, @Nullable String reason,
			@Nullable String digest) {
		return (status != null || reason != null || digest != null) ? new LastImage(status, reason, digest, null)
				: null;
	}

	/** Returns an image that a poll has just returned. */
	static LastImage of(Image seen) {
		ImageContents contents = ImageContents.of(seen);
		return new LastImage(seen.status(), seen.reason(), contents.digest(),
				new UnstoredImage(seen, contents.weight(), RegionFailures.of(seen.failureContext()).repeatedWeight()));
	}

	/** Returns this image if it is like the other one, which need not be stored again. */
	LastImage orSame(LastImage seen) {
		return new LastImage(seen.status(), seen.reason(), seen.digest(), this.unstored).equals(this) ? this : seen;
	}

}
