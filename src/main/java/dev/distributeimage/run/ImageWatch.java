package dev.distributeimage.run;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The image as polls have shown it.
 *
 * @param last the image that the last successful poll returned, or null
 * @param since when a poll first showed the current status; set by the statement that
 * stores the status
 * @param missing the number of consecutive polls that found no image
 * @param built whether the build is known to be completed
 * @param stale a final status that GetImage may still return although it no longer holds,
 * or null
 */
public record ImageWatch(@Nullable LastImage last, @Nullable Instant since, int missing, boolean built,
		@Nullable StaleEnd stale) {

	/** No poll has shown an image. */
	public static final ImageWatch NONE = new ImageWatch(null, null, 0, false, null);

	/** The number of consecutive misses after which the image counts as deleted. */
	private static final int MISSES_UNTIL_DELETED = 3;

	/**
	 * A final status seen before AWS accepted a CancelImageCreation or RetryImage.
	 *
	 * @param until when the status counts again, unless another one is seen earlier
	 */
	public record StaleEnd(String status, Instant until) {

		private static final Duration LIFETIME = Duration.ofMinutes(5);

		private boolean applies(@Nullable String seen, Instant now) {
			return this.status.equals(seen) && now.isBefore(this.until);
		}

	}

	// The statement that stores a new status also sets the time since when it was seen.
	ImageWatch seen(Image image, Instant now) {
		boolean pastBuild = ImageStatus.of(image.status()).filter(ImageStatus::isAfterBuild).isPresent();
		boolean stillStale = this.stale != null && this.stale.applies(image.status(), now);
		LastImage seen = LastImage.of(image);
		return new ImageWatch((this.last != null) ? this.last.orSame(seen) : seen, this.since, 0,
				this.built || pastBuild, stillStale ? this.stale : null);
	}

	/** Whether polls have shown something else than before. */
	boolean differsFrom(ImageWatch before) {
		return !Objects.equals(this.last, before.last);
	}

	ImageWatch missed() {
		return new ImageWatch(this.last, this.since, this.missing + 1, this.built, this.stale);
	}

	ImageWatch notMissed() {
		return (this.missing == 0) ? this : new ImageWatch(this.last, this.since, 0, this.built, this.stale);
	}

	/** Forgets the image, which the run has abandoned. */
	ImageWatch forgotten() {
		return new ImageWatch(null, this.since, 0, false, this.stale);
	}

	ImageWatch foundBuilt() {
		return new ImageWatch(this.last, this.since, this.missing, true, this.stale);
	}

	/** Marks the last status as stale if it is final. */
	ImageWatch withStaleEnd(Instant now) {
		String status = lastStatus();
		return (status == null || endOf(status).isEmpty()) ? this : new ImageWatch(this.last, this.since, this.missing,
				this.built, new StaleEnd(status, now.plus(StaleEnd.LIFETIME)));
	}

	ImageWatch withoutStaleEnd() {
		return new ImageWatch(this.last, this.since, this.missing, this.built, null);
	}

	boolean isGone() {
		return this.missing >= MISSES_UNTIL_DELETED;
	}

	/** The status with which the image ends its run, or empty if the run continues. */
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
	 * Returns the time for which polls have shown this status, up to now; zero if the
	 * last poll showed another one.
	 */
	public Duration shownFor(@Nullable String status, Instant now) {
		if (this.since == null || !Objects.equals(status, lastStatus())) {
			return Duration.ZERO;
		}
		Duration shown = Duration.between(this.since, now);
		return shown.isNegative() ? Duration.ZERO : shown;
	}

}
