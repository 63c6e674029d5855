package dev.distributeimage.simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.distributeimage.simulator.Phase.Showing;
import org.jspecify.annotations.Nullable;

/**
 * How an image goes and where it ends: the statuses on its way, then what it shows for
 * ever.
 */
public final class Ending {

	static final List<String> WAY = List.of("PENDING", "CREATING", "BUILDING", "TESTING", "DISTRIBUTING",
			"INTEGRATING");

	private final List<String> way;

	private final Showing last;

	private final Manners manners;

	private Ending(List<String> way, Showing last, Manners manners) {
		this.way = way;
		this.last = last;
		this.manners = manners;
	}

	/**
	 * How it behaves on its way.
	 *
	 * @param pace its own pace, if not the simulator's
	 * @param onRetry what follows an accepted RetryImage, if not AVAILABLE
	 * @param retryLag how long after an accepted RetryImage it still shows that it has
	 * ended
	 * @param ignoresCancel whether an accepted CancelImageCreation comes too late
	 */
	private record Manners(@Nullable Duration pace, @Nullable Ending onRetry, Duration retryLag,
			boolean ignoresCancel) {

		static final Manners USUAL = new Manners(null, null, Duration.ZERO, false);

	}

	/** All goes well. */
	public static Ending available() {
		return last("AVAILABLE", null, MadeAmis.ALL);
	}

	/** FAILED after this status, without a single AMI. */
	public static Ending failedAt(String status, String reason) {
		return last("FAILED", reason, MadeAmis.NONE).upTo(status);
	}

	/** CANCELLED by somebody else while it was in this status. */
	public static Ending cancelledAt(String status) {
		return last("CANCELLED", null, MadeAmis.NONE).upTo(status);
	}

	/**
	 * DEPRECATED, DISABLED or DELETED as soon as it would have been AVAILABLE, so that
	 * nobody sees that.
	 */
	public static Ending turned(String status) {
		return last(status, null, MadeAmis.ALL);
	}

	/** Not found any more, as soon as it would have been AVAILABLE. */
	public static Ending gone() {
		return new Ending(WAY, new Showing(null, null, true, MadeAmis.NONE), Manners.USUAL);
	}

	/** For ever in this status, be it one that AWS does not know. */
	public static Ending stuckIn(String status) {
		return last(status, null, MadeAmis.NONE).upTo(WAY.contains(status) ? before(status) : "BUILDING");
	}

	/** From BUILDING on an image without a state. */
	public static Ending stateless() {
		return new Ending(WAY, Showing.of(null), Manners.USUAL).upTo("BUILDING");
	}

	/** The same with AMIs in other Regions. */
	public Ending making(MadeAmis amis) {
		return new Ending(this.way, new Showing(this.last.status(), this.last.reason(), this.last.gone(), amis),
				this.manners);
	}

	/** The same by another way: statuses may be left out, repeated or made up. */
	public Ending by(String... statuses) {
		return new Ending(List.of(statuses), this.last, this.manners);
	}

	/** The same at a pace of its own. */
	public Ending atPace(Duration pace) {
		return with(new Manners(pace, this.manners.onRetry(), this.manners.retryLag(), this.manners.ignoresCancel()));
	}

	/**
	 * The same, and after an accepted RetryImage this; AVAILABLE when nothing else is
	 * said.
	 */
	public Ending onRetry(Ending other) {
		return with(new Manners(this.manners.pace(), other, this.manners.retryLag(), this.manners.ignoresCancel()));
	}

	/**
	 * The same, and for so long after an accepted RetryImage it still shows that it has
	 * ended.
	 */
	public Ending retriedAfter(Duration lag) {
		return with(new Manners(this.manners.pace(), this.manners.onRetry(), lag, this.manners.ignoresCancel()));
	}

	/**
	 * The same, but an accepted CancelImageCreation comes too late to change anything.
	 */
	public Ending ignoringCancel() {
		return with(new Manners(this.manners.pace(), this.manners.onRetry(), this.manners.retryLag(), true));
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

	/** What is shown one after the other. */
	List<Showing> showings() {
		return Stream.concat(this.way.stream().map(Showing::of), Stream.of(this.last)).toList();
	}

	/**
	 * The showings from that status on, as after a retry; all of them if it is not on the
	 * way.
	 */
	List<Showing> showingsFrom(String status) {
		List<Showing> from = new ArrayList<>(showings());
		int index = this.way.indexOf(status);
		return (index < 0) ? from : from.subList(index, from.size());
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

	private static Ending last(@Nullable String status, @Nullable String reason, MadeAmis amis) {
		return new Ending(WAY, new Showing(status, reason, false, amis), Manners.USUAL);
	}

}
