package dev.distributeimage.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What polls have shown of the image.
 *
 * @param last the image as last seen
 * @param since when a poll first showed its present status; set by the statement that
 * stores the status
 * @param missing polls in a row that found no image
 * @param built whether the image was seen in a status that comes after its build
 * @param stale an end that GetImage may still show although it no longer holds
 */
public record ImageWatch(@Nullable Image last, @Nullable Instant since, int missing, boolean built,
		@Nullable StaleEnd stale) {

	/** Nothing was seen. */
	public static final ImageWatch NONE = new ImageWatch(null, null, 0, false, null);

	/** How many polls in a row must find no image before it counts as deleted. */
	private static final int MISSING_BELIEVED = 3;

	/**
	 * An end seen before an accepted CancelImageCreation or RetryImage.
	 *
	 * @param until when it counts again, if no other status was seen before
	 */
	public record StaleEnd(String status, Instant until) {

		private static final Duration TRUSTED_AFTER = Duration.ofMinutes(5);

		private boolean covers(@Nullable String seen, Instant now) {
			return this.status.equals(seen) && now.isBefore(this.until);
		}

	}

	ImageWatch seen(Image image, Instant now) {
		boolean builtBefore = ImageStatus.of(image.status()).filter(ImageStatus::isAfterBuild).isPresent();
		boolean stillStale = this.stale != null && this.stale.covers(image.status(), now);
		return new ImageWatch(image, this.since, 0, this.built || builtBefore, stillStale ? this.stale : null);
	}

	ImageWatch missed() {
		return new ImageWatch(this.last, this.since, this.missing + 1, this.built, this.stale);
	}

	ImageWatch notMissed() {
		return (this.missing == 0) ? this : new ImageWatch(this.last, this.since, 0, this.built, this.stale);
	}

	/** The image is given up. */
	ImageWatch forgotten() {
		return new ImageWatch(null, this.since, 0, false, this.stale);
	}

	ImageWatch foundBuilt() {
		return new ImageWatch(this.last, this.since, this.missing, true, this.stale);
	}

	/** From now on the end that was last seen is stale, if it was one. */
	ImageWatch withStaleEnd(Instant now) {
		String status = lastStatus();
		return (status == null || endOf(status).isEmpty()) ? this : new ImageWatch(this.last, this.since, this.missing,
				this.built, new StaleEnd(status, now.plus(StaleEnd.TRUSTED_AFTER)));
	}

	ImageWatch withoutStaleEnd() {
		return new ImageWatch(this.last, this.since, this.missing, this.built, null);
	}

	boolean isGone() {
		return this.missing >= MISSING_BELIEVED;
	}

	/** How a run ends with this image, or nothing if it goes on. */
	Optional<RunStatus> endOfRun() {
		return (this.stale != null) ? Optional.empty() : endOf(lastStatus());
	}

	@Nullable String lastStatus() {
		return (this.last != null) ? this.last.status() : null;
	}

	private static Optional<RunStatus> endOf(@Nullable String status) {
		return ImageStatus.of(status).map(ImageStatus::ends);
	}

	/**
	 * How long the image has been seen to show this status, up to the poll of now: zero
	 * if the last poll showed another.
	 */
	public Duration shownFor(@Nullable String status, Instant now) {
		if (this.since == null || !Objects.equals(status, lastStatus())) {
			return Duration.ZERO;
		}
		Duration shown = Duration.between(this.since, now);
		return shown.isNegative() ? Duration.ZERO : shown;
	}

}
