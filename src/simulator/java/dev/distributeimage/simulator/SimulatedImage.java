package dev.distributeimage.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

import dev.distributeimage.simulator.Phase.Showing;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** An image, finished or not. A test may change its course at any time. */
public final class SimulatedImage {

	private final Build build;

	private final InstantSource clock;

	private final Duration pace;

	private Ending ending;

	private Timeline timeline;

	private boolean cancelled;

	private ObjectNode tags;

	SimulatedImage(Build build, Ending ending, Duration pace, InstantSource clock) {
		this.build = build;
		this.clock = clock;
		Duration own = ending.pace();
		this.pace = (own != null) ? own : pace;
		this.ending = build.distributesOnly() ? ending.withoutBuild() : ending;
		this.tags = (build.request().path("tags") instanceof ObjectNode asked) ? asked : Json.object();
		this.timeline = Timeline.of(this.ending, build.created(), this.pace);
	}

	/** The build version ARN. */
	public String arn() {
		return this.build.arn().toString();
	}

	public String region() {
		return this.build.arn().region();
	}

	/** The recipe's ARN as requested; empty for an image that is only distributed. */
	public String recipeArn() {
		return this.build.asked(this.build.container() ? "containerRecipeArn" : "imageRecipeArn");
	}

	/** The ARN of the requested distribution configuration; empty if there is none. */
	public String distributionConfigurationArn() {
		return this.build.asked("distributionConfigurationArn");
	}

	public String clientToken() {
		return this.build.asked("clientToken");
	}

	public Instant created() {
		return this.build.created();
	}

	/** AWS's status; null if none is shown. */
	public @Nullable String status() {
		return now().showing().status();
	}

	/** Whether GetImage answers 404. */
	public boolean isGone() {
		return now().showing().gone();
	}

	public boolean hasEnded() {
		return now().showing().ended();
	}

	/** Takes this status now and keeps it. */
	public void becomes(String status) {
		becomes(status, null, status.equals("FAILED") ? MadeAmis.NONE : MadeAmis.ALL);
	}

	/** Takes this status now and keeps it, with a reason and these AMIs. */
	public void becomes(String status, @Nullable String reason, MadeAmis amis) {
		change(Showing.of(status, amis).failing(Failure.of(reason)));
	}

	/** Hides the image from GetImage from now on. */
	public void disappears() {
		change(Showing.GONE);
	}

	/** Continues with this ending, from this status of its way. */
	public void goesOn(String from, Ending other) {
		goesOn(from, other, Duration.ZERO);
	}

	private synchronized void goesOn(String from, Ending other, Duration lag) {
		Instant now = this.clock.instant();
		Duration own = other.pace();
		this.ending = other;
		this.timeline = this.timeline.changed(now, other.showingsFrom(from), now.plus(lag),
				(own != null) ? own : this.pace);
	}

	/** Changes to CANCELLED one step later; AMIs made by now stay. */
	synchronized void cancel() {
		if (this.cancelled || this.ending.ignoresCancel()) {
			return;
		}
		Instant now = this.clock.instant();
		Showing end = Showing.of("CANCELLED", madeBy(now));
		this.timeline = this.timeline.changed(now, List.of(end), now.plus(this.pace), this.pace);
		this.cancelled = true;
	}

	/** Returns to the status in which it failed, but not before TESTING. */
	synchronized void retry() {
		this.cancelled = false;
		goesOn(reached("DISTRIBUTING") ? "DISTRIBUTING" : "TESTING", this.ending.afterRetry(), this.ending.retryLag());
	}

	synchronized ObjectNode tags() {
		return this.tags;
	}

	synchronized void tagged(ObjectNode other) {
		this.tags = other;
	}

	boolean reached(String status) {
		return timeline().reached(status, this.clock.instant());
	}

	Phase now() {
		return timeline().at(this.clock.instant());
	}

	synchronized Timeline timeline() {
		return this.timeline;
	}

	Build build() {
		return this.build;
	}

	private MadeAmis madeBy(Instant now) {
		if (this.timeline.reached("INTEGRATING", now)) {
			return MadeAmis.ALL;
		}
		boolean distributing = this.timeline.reached("DISTRIBUTING", now);
		return distributing ? (regions) -> regions.subList(0, Math.min(1, regions.size())) : MadeAmis.NONE;
	}

	private synchronized void change(Showing showing) {
		Instant now = this.clock.instant();
		this.timeline = this.timeline.changed(now, List.of(showing), now, this.pace);
	}

}
