package dev.distributeimage.run.view;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import dev.distributeimage.run.Ami;
import dev.distributeimage.run.Container;
import dev.distributeimage.run.Failure;
import dev.distributeimage.run.Image;
import dev.distributeimage.run.Outputs;
import dev.distributeimage.run.PastAttempt;
import dev.distributeimage.run.RunInput;
import dev.distributeimage.run.RunOptions;
import dev.distributeimage.run.RunStatus;
import dev.distributeimage.run.StepId;
import dev.distributeimage.run.Warning;
import jakarta.persistence.Column;
import jakarta.persistence.Convert;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.PrimaryKeyJoinColumn;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import org.hibernate.annotations.Formula;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.SecondaryRow;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A run as callers are shown it, with its inputs, at one moment. Maps the columns that
 * are shown or searched and no others: the engine has its own view of the row.
 */
@Entity
@Immutable
@Table(name = "run")
@SecondaryTable(name = RunSnapshot.INPUT, pkJoinColumns = @PrimaryKeyJoinColumn(name = "run_id"))
@SecondaryRow(table = RunSnapshot.INPUT, optional = false)
public class RunSnapshot {

	static final String INPUT = "run_input";

	/** ACCEPTED and STEP_BEGUN. */
	private static final int EVENTS_OF_THE_START = 2;

	/** The size of an earlier attempt as shown, in bytes. */
	private static final int ATTEMPT_WEIGHT = 512;

	@Id
	private UUID id;

	// run has no index by number.
	@Column(table = INPUT)
	private long number;

	@Enumerated(EnumType.STRING)
	private RunStatus status;

	@Convert(converter = StepIdConverter.class)
	private StepId step;

	private String account;

	@Column(table = INPUT)
	private @Nullable String distributionName;

	@Column(table = INPUT)
	@JdbcTypeCode(SqlTypes.JSON)
	private @Nullable String distributions;

	@Column(table = INPUT)
	@JdbcTypeCode(SqlTypes.JSON)
	private @Nullable String distributionsRead;

	@Column(table = INPUT)
	private @Nullable String imageRecipeArn;

	@Column(table = INPUT)
	private @Nullable String infrastructureConfigurationArn;

	@Column(table = INPUT)
	@JdbcTypeCode(SqlTypes.JSON)
	private @Nullable Map<String, Object> options;

	@Column(table = INPUT)
	private String clientToken;

	@Column(table = INPUT)
	@JdbcTypeCode(SqlTypes.JSON)
	private Map<String, String> labels;

	@Column(table = INPUT)
	@JdbcTypeCode(SqlTypes.JSON)
	private @Nullable List<Warning> warnings;

	@Column(table = INPUT)
	private int weight;

	@Column(table = INPUT)
	private @Nullable String createdBy;

	@Column(table = INPUT)
	private @Nullable String owner;

	private @Nullable String distributionConfigurationArn;

	private @Nullable String imageBuildVersionArn;

	private @Nullable String finalStatus;

	private @Nullable String imageStatus;

	private @Nullable String imageReason;

	@JdbcTypeCode(SqlTypes.JSON)
	private @Nullable JsonNode imageFailureContext;

	@JdbcTypeCode(SqlTypes.JSON)
	private @Nullable List<Ami> imageAmis;

	@JdbcTypeCode(SqlTypes.JSON)
	private @Nullable List<Container> imageContainers;

	private int imageWeight;

	@JdbcTypeCode(SqlTypes.JSON)
	private @Nullable Failure failure;

	private int attempts;

	private @Nullable Instant unansweredSince;

	private @Nullable Instant lostSince;

	private @Nullable Instant nextAttemptAt;

	private @Nullable Instant claimedAt;

	private Instant deadline;

	private @Nullable Instant cancelRequestedAt;

	@JdbcTypeCode(SqlTypes.JSON)
	private List<PastAttempt> retries;

	private int lastEvent;

	@Column(table = INPUT)
	private Instant createdAt;

	private Instant updatedAt;

	private @Nullable Instant finishedAt;

	@Formula("engine_now()")
	private Instant readAt;

	protected RunSnapshot() {
	}

	/** A run that was just stored, so that it need not be read. */
	public static RunSnapshot started(RunInput asked, StartedRun start) {
		RunSnapshot run = new RunSnapshot();
		run.id = start.id();
		run.number = start.number();
		run.status = RunStatus.RUNNING;
		run.step = asked.firstStep();
		run.account = asked.place().account();
		run.distributionName = asked.distributionName();
		run.distributions = start.distributions();
		run.imageRecipeArn = asked.imageRecipeArn();
		run.infrastructureConfigurationArn = asked.infrastructureConfigurationArn();
		run.options = start.options();
		run.distributionConfigurationArn = asked.options().distributionConfigurationArn();
		run.clientToken = start.clientToken();
		run.labels = start.labels();
		run.warnings = start.warnings();
		run.owner = start.caller().owner();
		run.createdBy = start.caller().createdBy();
		run.weight = start.weight();
		run.nextAttemptAt = start.at();
		run.deadline = start.deadline();
		run.retries = List.of();
		run.lastEvent = EVENTS_OF_THE_START;
		run.createdAt = start.at();
		run.updatedAt = start.at();
		run.readAt = start.at();
		return run;
	}

	public UUID id() {
		return this.id;
	}

	/** The run's place in lists: newer runs have higher numbers. */
	public long number() {
		return this.number;
	}

	public RunStatus status() {
		return this.status;
	}

	/** The current step, or the one at which the run ended. */
	public StepId step() {
		return this.step;
	}

	/** The AWS account in which the image is made. */
	public String account() {
		return this.account;
	}

	public @Nullable String distributionName() {
		return this.distributionName;
	}

	/** The distributions in JSON, equal to those sent. */
	public @Nullable String distributions() {
		return this.distributions;
	}

	/**
	 * The distributions in JSON that decide where the image goes: those sent, or those
	 * that AWS showed of a configuration that was there already. Null if AWS was not
	 * asked yet or refused to show them.
	 */
	public @Nullable String effectiveDistributions() {
		String known = (this.distributions != null) ? this.distributions : this.distributionsRead;
		return "[]".equals(known) ? null : known;
	}

	public @Nullable String imageRecipeArn() {
		return this.imageRecipeArn;
	}

	public @Nullable String infrastructureConfigurationArn() {
		return this.infrastructureConfigurationArn;
	}

	/** The inputs, as they were sent. */
	public RunInput inputs() {
		JsonMapper json = JsonMapper.shared();
		return new RunInput(this.distributionName,
				(this.distributions != null) ? json.readTree(this.distributions) : null, this.imageRecipeArn,
				this.infrastructureConfigurationArn,
				(this.options != null) ? new RunOptions(json.valueToTree(this.options)) : RunOptions.NONE);
	}

	/** The container recipe that the run builds from, or null. */
	public @Nullable String containerRecipeArn() {
		return (String) options().get("containerRecipeArn");
	}

	/** The inputs besides the document's, as they were sent. */
	public Map<String, Object> options() {
		return (this.options != null) ? this.options : Map.of();
	}

	/** The caller's idempotency key, or the one that the service generated. */
	public String clientToken() {
		return this.clientToken;
	}

	public Map<String, String> labels() {
		return this.labels;
	}

	/** The warnings about the request, which was accepted all the same. */
	public List<Warning> warnings() {
		return Objects.requireNonNullElse(this.warnings, List.of());
	}

	/** The caller that started the run; null without sign-in. */
	public @Nullable String createdBy() {
		return this.createdBy;
	}

	/** To whom the run belongs; null without sign-in. */
	public @Nullable String owner() {
		return this.owner;
	}

	/** The workflow's outputs so far. */
	public Outputs outputs() {
		return new Outputs(this.distributionConfigurationArn, this.imageBuildVersionArn, this.finalStatus);
	}

	/** The image as last seen; null before the first poll. */
	public @Nullable Image image() {
		return Image.ofStored(this.imageStatus, this.imageReason, this.imageFailureContext, this.imageAmis,
				this.imageContainers);
	}

	/** The failure that ended the run, or the last one while the run waits to retry. */
	public @Nullable Failure failure() {
		return this.failure;
	}

	/** Whether the run ended before AWS can have begun an image. */
	public boolean endedBeforeTheImage() {
		return this.status != RunStatus.RUNNING && !mayHaveAnImage();
	}

	/** Whether the run has timed out and its image may still be building. */
	public boolean mayStillBuild() {
		return this.status == RunStatus.TIMED_OUT && mayHaveAnImage();
	}

	private boolean mayHaveAnImage() {
		return this.step.mayHaveAnImage(this.imageBuildVersionArn, this.lostSince, this.unansweredSince);
	}

	/** Consecutive failed calls of the current step. */
	public int attempts() {
		return this.attempts;
	}

	/**
	 * The time planned for the next call; null while a worker has the run and once it has
	 * ended.
	 */
	public @Nullable Instant nextAttemptAt() {
		return (this.claimedAt != null) ? null : this.nextAttemptAt;
	}

	public Instant deadline() {
		return this.deadline;
	}

	public @Nullable Instant cancelRequestedAt() {
		return this.cancelRequestedAt;
	}

	/** The attempt before each retry, oldest first. */
	public List<PastAttempt> retries() {
		return this.retries;
	}

	/** The sequence of the last event. */
	public long lastEvent() {
		return this.lastEvent;
	}

	public Instant createdAt() {
		return this.createdAt;
	}

	/** The time of the last event. */
	public Instant updatedAt() {
		return this.updatedAt;
	}

	public @Nullable Instant finishedAt() {
		return this.finishedAt;
	}

	/** The moment of this snapshot, by the clock that all its times come from. */
	public Instant readAt() {
		return this.readAt;
	}

	/** The number of bytes of the run as it is shown, at most. */
	public long weight() {
		return (long) this.weight + this.imageWeight + (long) ATTEMPT_WEIGHT * this.retries.size();
	}

	/** The part of the run that callers can wait for. */
	public RunProgress progress() {
		return new RunProgress(this.id, this.status, this.step, this.imageStatus, this.lastEvent);
	}

}
