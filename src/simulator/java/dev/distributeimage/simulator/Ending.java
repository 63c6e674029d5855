package dev.distributeimage.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.distributeimage.simulator.Phase.Showing;
import org.jspecify.annotations.Nullable;

/** The course of an image: the statuses on its way, then the state in which it stays. */
public final class Ending {

	static final List<String> WAY = List.of("PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING",
			"INTEGRATING");

	private static final List<String> BUILD = List.of("CREATING", "BUILDING", "TESTING");

	private final List<String> way;

	private final Showing last;

	private final Manners manners;

	private Ending(List<String> way, Showing last, Manners manners) {
		this.way = way;
		this.last = last;
		this.manners = manners;
	}

	/**
	 * Behaviour on the way.
	 *
	 * @param pace the pace of this image alone; null for the simulator's
	 * @param onRetry the ending after an accepted RetryImage; null for AVAILABLE
	 * @param retryLag how long the old end is still shown after an accepted RetryImage
	 * @param ignoresCancel whether an accepted CancelImageCreation comes too late
	 */
	private record Manners(@Nullable Duration pace, @Nullable Ending onRetry, Duration retryLag,
			boolean ignoresCancel) {

		static final Manners USUAL = new Manners(null, null, Duration.ZERO, false);

	}

	/** Ends AVAILABLE. */
	public static Ending available() {
		return last(Showing.of("AVAILABLE", MadeAmis.ALL));
	}

	/** Ends FAILED after this status, without AMIs. */
	public static Ending failedAt(String status, String reason) {
		return last(Showing.of("FAILED").failing(Failure.of(reason))).upTo(status);
	}

	/** Ends FAILED after DISTRIBUTING, with all AMIs but for these copies. */
	public static Ending copiesFailed(String reason, FailedCopy... copies) {
		return failedAt("DISTRIBUTING", reason).making(MadeAmis.ALL).failing(FailedCopies.of(copies));
	}

	/** Ends CANCELLED by another client in this status. */
	public static Ending cancelledAt(String status) {
		return last(Showing.of("CANCELLED")).upTo(status);
	}

	/**
	 * Ends DEPRECATED, DISABLED or DELETED in place of AVAILABLE, which is never visible.
	 */
	public static Ending turned(String status) {
		return last(Showing.of(status, MadeAmis.ALL));
	}

	/** Disappears in place of becoming AVAILABLE. */
	public static Ending gone() {
		return last(Showing.GONE);
	}

	/** Stays in this status forever. AWS need not know the status. */
	public static Ending stuckIn(String status) {
		return last(Showing.of(status)).upTo(WAY.contains(status) ? before(status) : "BUILDING");
	}

	/** Has no state after BUILDING. */
	public static Ending stateless() {
		return last(Showing.of(null)).upTo("BUILDING");
	}

	/** A copy that lists these AMIs at its end. */
	public Ending making(MadeAmis amis) {
		return with(new Showing(this.last.status(), this.last.gone(), amis, this.last.failure()));
	}

	/** A copy at whose end these copies have failed. */
	public Ending failing(FailedCopies copies) {
		return with(this.last.failing(this.last.failure().with(copies)));
	}

	/** A copy without a failureContext, as AWS answered before it had one. */
	public Ending unexplained() {
		return with(this.last.failing(this.last.failure().unexplained()));
	}

	/**
	 * A copy with other statuses on its way; they may be incomplete, repeated or invented.
	 */
	public Ending by(String... statuses) {
		return new Ending(List.of(statuses), this.last, this.manners);
	}

	/** A copy with a pace of its own. */
	public Ending atPace(Duration pace) {
		return with(new Manners(pace, this.manners.onRetry(), this.manners.retryLag(), this.manners.ignoresCancel()));
	}

	/**
	 * A copy with another ending after an accepted RetryImage. The default is AVAILABLE.
	 */
	public Ending onRetry(Ending other) {
		return with(new Manners(this.manners.pace(), other, this.manners.retryLag(), this.manners.ignoresCancel()));
	}

	/** A copy that shows its old end for this long after an accepted RetryImage. */
	public Ending retriedAfter(Duration lag) {
		return with(new Manners(this.manners.pace(), this.manners.onRetry(), lag, this.manners.ignoresCancel()));
	}

	/**
	 * A copy for which an accepted CancelImageCreation comes too late to change anything.
	 */
	public Ending ignoringCancel() {
		return with(new Manners(this.manners.pace(), this.manners.onRetry(), this.manners.retryLag(), true));
	}

	/** A copy that is neither built nor tested. */
	Ending withoutBuild() {
		List<String> rest = this.way.stream().filter((status) -> !BUILD.contains(status)).toList();
		return new Ending(rest, this.last, this.manners);
	}

	@Nullable Duration pace() {
		return this.manners.pace();
	}

	Duration retryLag() {
		return this.manners.retryLag();
	}

	boolean ignoresCancel() {
		return this.manners.ignoresCancel();
	}

	Ending afterRetry() {
		Ending onRetry = this.manners.onRetry();
		return (onRetry != null) ? onRetry : available();
	}

	/** Everything that the image shows, in order. */
	List<Showing> showings() {
		return Stream.concat(this.way.stream().map(Showing::of), Stream.of(this.last)).toList();
	}

	/**
	 * Everything from this status on, as after a retry; all of it if the status is not on
	 * the way.
	 */
	List<Showing> showingsFrom(String status) {
		List<Showing> from = new ArrayList<>(showings());
		int index = this.way.indexOf(status);
		return (index < 0) ? from : from.subList(index, from.size());
	}

	private Ending with(Showing other) {
		return new Ending(this.way, other, this.manners);
	}

	private Ending with(Manners other) {
		return new Ending(this.way, this.last, other);
	}

	private Ending upTo(String status) {
		return new Ending(WAY.subList(0, WAY.indexOf(status) + 1), this.last, this.manners);
	}

	private static String before(String status) {
		return (WAY.indexOf(status) > 0) ? WAY.get(WAY.indexOf(status) - 1) : "";
	}

	private static Ending last(Showing showing) {
		return new Ending(WAY, showing, Manners.USUAL);
	}

}
