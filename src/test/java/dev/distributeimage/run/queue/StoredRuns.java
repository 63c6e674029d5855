package dev.distributeimage.run.queue;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.PastAttempt;
import dev.distributeimage.run.Run;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.view.RunSnapshot;
import dev.distributeimage.run.view.RunSnapshots;
import org.jspecify.annotations.NullUnmarked;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Stored runs, as callers see them and as the engine reads them. */
@NullUnmarked
public final class StoredRuns {

	private final RunStore store;

	private final RunSnapshots snapshots;

	private final JdbcClient jdbc;

	public StoredRuns(BeanFactory beans, JdbcClient jdbc) {
		this.store = beans.getBean(RunStore.class);
		this.snapshots = beans.getBean(RunSnapshots.class);
		this.jdbc = jdbc;
	}

	/** Returns the run with this id. */
	public Stored get(UUID id) {
		StoredRun stored = this.store.find(id).orElseThrow();
		OffsetDateTime claimedAt = this.jdbc.sql("select claimed_at from run where id = :id")
			.param("id", id)
			.query((row, number) -> new OffsetDateTime[] { row.getObject(1, OffsetDateTime.class) })
			.single()[0];
		return new Stored(this.snapshots.findById(id).orElseThrow(), stored.run(), stored.version(),
				(claimedAt != null) ? claimedAt.toInstant() : null);
	}

	/** A run as stored. */
	public record Stored(RunSnapshot shown, Run run, int version, Instant claimedAt) {

		public UUID id() {
			return this.run.id();
		}

		public RunStatus status() {
			return this.run.status();
		}

		public StepId step() {
			return this.run.step();
		}

		public int attempts() {
			return this.run.calls().attempts();
		}

		public int failedCalls() {
			return this.run.calls().failed();
		}

		public Instant unansweredSince() {
			return this.run.calls().unansweredSince();
		}

		public Failure failure() {
			return this.run.calls().last();
		}

		public Image image() {
			return this.shown.image();
		}

		public String distributionConfigurationArn() {
			return this.run.outputs().distributionConfigurationArn();
		}

		public String imageBuildVersionArn() {
			return this.run.outputs().imageBuildVersionArn();
		}

		public String finalStatus() {
			return this.run.outputs().finalStatus();
		}

		public String createDistributionConfigurationToken() {
			return this.run.tokens().createDistributionConfiguration();
		}

		public String createImageToken() {
			return this.run.tokens().createImage();
		}

		public Instant cancelRequestedAt() {
			return this.run.cancel().requestedAt();
		}

		public String cancelToken() {
			return this.run.cancel().token();
		}

		public boolean isCancelAnswered() {
			return this.run.cancel().answered();
		}

		public String retryImageToken() {
			return this.run.retry().token();
		}

		public List<PastAttempt> retries() {
			return this.run.retry().past();
		}

		public Instant deadline() {
			return this.shown.deadline();
		}

		public Instant nextAttemptAt() {
			return this.shown.nextAttemptAt();
		}

		public Instant createdAt() {
			return this.shown.createdAt();
		}

		public Instant updatedAt() {
			return this.shown.updatedAt();
		}

		public Instant finishedAt() {
			return this.shown.finishedAt();
		}

		public long lastEvent() {
			return this.shown.lastEvent();
		}

		public long number() {
			return this.shown.number();
		}

	}

}
