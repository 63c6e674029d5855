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

	private final @Nullable Duration pace;

	private final @Nullable Ending onRetry;

	private Ending(List<String> way, Showing last, @Nullable Duration pace, @Nullable Ending onRetry) {
		this.way = way;
		this.last = last;
		this.pace = pace;
		this.onRetry = onRetry;
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
		return new Ending(WAY, new Showing(null, null, true, MadeAmis.NONE), null, null);
	}

	/** For ever in this status, be it one that AWS does not know. */
	public static Ending stuckIn(String status) {
		return last(status, null, MadeAmis.NONE).upTo(WAY.contains(status) ? before(status) : "BUILDING");
	}

	/** From BUILDING on an image without a state. */
	public static Ending stateless() {
		return new Ending(WAY, Showing.of(null), null, null).upTo("BUILDING");
	}

	/** The same with AMIs in other Regions. */
	public Ending making(MadeAmis amis) {
		return new Ending(this.way, new Showing(this.last.status(), this.last.reason(), this.last.gone(), amis),
				this.pace, this.onRetry);
	}

	/** The same by another way: statuses may be left out, repeated or made up. */
	public Ending by(String... statuses) {
		return new Ending(List.of(statuses), this.last, this.pace, this.onRetry);
	}

	/** The same at a pace of its own. */
	public Ending atPace(Duration other) {
		return new Ending(this.way, this.last, other, this.onRetry);
	}

	/**
	 * The same, and after an accepted RetryImage this; AVAILABLE when nothing else is
	 * said.
	 */
	public Ending onRetry(Ending other) {
		return new Ending(this.way, this.last, this.pace, other);
	}

	@Nullable Duration pace() {
		return this.pace;
	}

	Ending afterRetry() {
		return (this.onRetry != null) ? this.onRetry : available();
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

	private Ending upTo(String status) {
		return new Ending(WAY.subList(0, WAY.indexOf(status) + 1), this.last, this.pace, this.onRetry);
	}

	private static String before(String status) {
		return (WAY.indexOf(status) > 0) ? WAY.get(WAY.indexOf(status) - 1) : "";
	}

	private static Ending last(@Nullable String status, @Nullable String reason, MadeAmis amis) {
		return new Ending(WAY, new Showing(status, reason, false, amis), null, null);
	}

}
