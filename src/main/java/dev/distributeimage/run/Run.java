package dev.distributeimage.run;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Transient;
import org.hibernate.annotations.Immutable;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import dev.distributeimage.aws.Arn;
import dev.distributeimage.run.postgres.Columns;
import dev.distributeimage.run.queue.RunWriter;

/**
 * One execution of the workflow, from the accepted request to the end of its image.
 * <p>
 * The verbs in the past participle are the only way a run changes. Each takes an answer,
 * moves the run on and notes the events; none of them waits, calls or stores anything.
 * What they leave behind is stored by {@link RunWriter}, or not at all. Hibernate only
 * reads runs, and none for the engine: claims are read by JDBC.
 */
@Entity
@Immutable
public class Run {

	/** The columns that {@link #of} reads. */
	public static final String COLUMNS = """
			id, run.number, status, step, region, account, next_attempt_at, version, claimed_at, attempts, failed_calls,
			  missing_polls, unanswered_since, deadline, create_distribution_configuration_token, create_image_token,
			  distribution_configuration_arn, image_build_version_arn, final_status, %s, image_status_since, failure,
			  cancel_requested_at, cancel_token, cancel_answered, image_request, retry_image_token, build_finished,
			  stale_end, stale_end_until, retries, last_event, run.created_at, updated_at, finished_at"""
		.formatted(Image.COLUMNS);

	/** How many failed calls of one step are kept as events. */
	static final int FAILED_CALLS_KEPT = 200;

	/**
	 * How long after an accepted CancelImageCreation or RetryImage the end of an image
	 * that was seen before is not believed: GetImage may still show it.
	 */
	static final Duration DISBELIEF = Duration.ofMinutes(5);

	/** How many polls in a row must find no image before it counts as deleted. */
	static final int MISSING_POLLS_BELIEVED = 3;

	/** ACCEPTED and STEP_BEGUN. */
	private static final int EVENTS_OF_THE_START = 2;

	@Id
	private UUID id;

	private long number;

	@Enumerated(EnumType.STRING)
	private RunStatus status;

	@Enumerated(EnumType.STRING)
	private StepId step;

	private String region;

	private String account;

	private @Nullable Instant nextAttemptAt;

	private int version;

	private @Nullable Instant claimedAt;

	private int attempts;

	private int failedCalls;

	private int missingPolls;

	private @Nullable Instant unansweredSince;

	private Instant deadline;

	private String createDistributionConfigurationToken;

	private String createImageToken;

	private @Nullable String distributionConfigurationArn;

	private @Nullable String imageBuildVersionArn;

	private @Nullable String finalStatus;

	@Embedded
	private @Nullable Image image;

	private @Nullable Instant imageStatusSince;

	@JdbcTypeCode(SqlTypes.JSON)
	private @Nullable Failure failure;

	private @Nullable Instant cancelRequestedAt;

	private @Nullable String cancelToken;

	private boolean cancelAnswered;

	@Enumerated(EnumType.STRING)
	private @Nullable ImageRequest imageRequest;

	private @Nullable String retryImageToken;

	private boolean buildFinished;

	private @Nullable String staleEnd;

	private @Nullable Instant staleEndUntil;

	@JdbcTypeCode(SqlTypes.JSON)
	private List<PastAttempt> retries;

	private int lastEvent;

	private Instant createdAt;

	private Instant updatedAt;

	private @Nullable Instant finishedAt;

	@Transient
	private final List<NewEvent> newEvents = new ArrayList<>();

	/** How long the claim had lasted when the worker began. */
	@Transient
	private Duration waited = Duration.ZERO;

	@Transient
	private Next next = new Next.After(Duration.ZERO);

	public Run() {
	}

	/** A run that was just stored: its first step has begun. */
	public static Run accepted(RunInput input, long number, Instant deadline) {
		Run run = new Run();
		run.id = input.runId();
		run.number = number;
		run.status = RunStatus.RUNNING;
		run.step = StepId.CREATE_DISTRIBUTION_CONFIGURATION;
		run.region = Arn.parse(input.imageRecipeArn()).region();
		run.account = Arn.parse(input.infrastructureConfigurationArn()).account();
		run.deadline = deadline;
		run.createDistributionConfigurationToken = input.clientToken();
		run.createImageToken = input.clientToken();
		run.retries = List.of();
		run.lastEvent = EVENTS_OF_THE_START;
		run.nextAttemptAt = input.createdAt();
		run.createdAt = input.createdAt();
		run.updatedAt = input.createdAt();
		return run;
	}

	/** The run of a row that has {@link #COLUMNS}. */
	public static Run of(ResultSet row, JsonMapper json) throws SQLException {
		Run run = new Run();
		run.id = row.getObject("id", UUID.class);
		run.number = row.getLong("number");
		run.status = RunStatus.valueOf(row.getString("status"));
		run.step = StepId.of(row.getString("step"));
		run.region = row.getString("region");
		run.account = row.getString("account");
		run.nextAttemptAt = Columns.timeOrNull(row, "next_attempt_at");
		run.version = row.getInt("version");
		run.claimedAt = Columns.timeOrNull(row, "claimed_at");
		run.deadline = Columns.time(row, "deadline");
		run.createDistributionConfigurationToken = row.getString("create_distribution_configuration_token");
		run.createImageToken = row.getString("create_image_token");
		run.lastEvent = row.getInt("last_event");
		run.createdAt = Columns.time(row, "created_at");
		run.updatedAt = Columns.time(row, "updated_at");
		run.finishedAt = Columns.timeOrNull(row, "finished_at");
		run.readAnswers(row, json);
		run.readRequests(row, json);
		return run;
	}

	private void readAnswers(ResultSet row, JsonMapper json) throws SQLException {
		this.attempts = row.getInt("attempts");
		this.failedCalls = row.getInt("failed_calls");
		this.missingPolls = row.getInt("missing_polls");
		this.unansweredSince = Columns.timeOrNull(row, "unanswered_since");
		this.distributionConfigurationArn = row.getString("distribution_configuration_arn");
		this.imageBuildVersionArn = row.getString("image_build_version_arn");
		this.finalStatus = row.getString("final_status");
		this.image = Image.of(row, json);
		this.imageStatusSince = Columns.timeOrNull(row, "image_status_since");
		this.failure = Columns.jsonOrNull(row, "failure", Failure.class, json);
		this.buildFinished = row.getBoolean("build_finished");
		this.staleEnd = row.getString("stale_end");
		this.staleEndUntil = Columns.timeOrNull(row, "stale_end_until");
	}

	private void readRequests(ResultSet row, JsonMapper json) throws SQLException {
		this.cancelRequestedAt = Columns.timeOrNull(row, "cancel_requested_at");
		this.cancelToken = row.getString("cancel_token");
		this.cancelAnswered = row.getBoolean("cancel_answered");
		String request = row.getString("image_request");
		this.imageRequest = (request != null) ? ImageRequest.of(request) : null;
		this.retryImageToken = row.getString("retry_image_token");
		this.retries = PastAttempt.of(row, json);
	}

	/** The distribution configuration exists: on to the image, at once. */
	public void distributionConfigurationCreated(String arn) {
		requireStep(StepId.CREATE_DISTRIBUTION_CONFIGURATION);
		this.distributionConfigurationArn = arn;
		stepEnded(StepId.CREATE_IMAGE, "distributionConfigurationArn", arn);
	}

	/** The image is being built: on to its first poll, at once. */
	public void imageRequested(String arn) {
		requireStep(StepId.CREATE_IMAGE);
		this.imageBuildVersionArn = arn;
		stepEnded(StepId.GET_IMAGE, "imageBuildVersionArn", arn);
	}

	/**
	 * A poll showed the image. The run ends with it, or is polled again after the pause;
	 * past its deadline it times out.
	 */
	public void imageSeen(Image seen, Duration pause) {
		requireStep(StepId.GET_IMAGE);
		boolean news = !seen.equals(this.image) || this.failure != null;
		this.image = seen;
		this.attempts = 0;
		this.missingPolls = 0;
		this.failure = null;
		if (news) {
			note(EventType.IMAGE_STATUS, detail("status", seen.status(), "reason", seen.reason()));
		}
		RunStatus end = ImageStatus.of(seen.status()).map(ImageStatus::ends).orElse(null);
		this.buildFinished |= ImageStatus.of(seen.status()).filter(ImageStatus::isAfterBuild).isPresent();
		if (isBelieved(seen) && end != null) {
			note(EventType.STEP_ENDED, detail("failedCalls", this.failedCalls));
			ended(end, seen.status());
		}
		else {
			waitFor(pause);
		}
	}

	/**
	 * A poll found no image. After three in a row it counts as deleted; past its deadline
	 * the run times out.
	 */
	public void imageMissed(Failure missed, Duration pause) {
		requireStep(StepId.GET_IMAGE);
		callFailed(missed);
		this.missingPolls++;
		if (this.missingPolls >= MISSING_POLLS_BELIEVED) {
			ended(RunStatus.FAILED, ImageStatus.DELETED.name());
		}
		else {
			waitFor(pause);
		}
	}

	/**
	 * A call failed that may succeed later. A step that creates something remembers when
	 * AWS may have carried it out without our knowing; past its deadline the run times
	 * out.
	 */
	public void callFailed(Failure failed, Certainty certainty, Duration pause) {
		callFailed(failed, certainty);
		waitFor(pause);
	}

	/**
	 * A call about the image failed that may succeed later, and showed nothing of the
	 * image: past its deadline the run is polled once more before it times out.
	 */
	public void imageRequestFailed(Failure failed, Certainty certainty, Duration pause) {
		requireStep(StepId.GET_IMAGE);
		callFailed(failed, certainty);
		this.next = new Next.After(pause);
	}

	/** AWS refused the call for good; past its deadline the run times out. */
	public void callRefused(Failure refused) {
		callFailed(refused);
		if (isOverdue()) {
			timedOut();
		}
		else {
			ended(RunStatus.FAILED, lastImageStatus());
		}
	}

	/** The deadline has passed. */
	public void timedOut() {
		ended(RunStatus.TIMED_OUT, lastImageStatus());
	}

	/** The run was cancelled before anything was built. */
	public void cancelled() {
		this.failure = null;
		ended(RunStatus.CANCELLED, null);
	}

	/**
	 * AWS refused to say whether the image is being built: the create is repeated unseen.
	 */
	public void lookUpRefused(Failure refused) {
		requireStep(StepId.CREATE_IMAGE);
		note(refused);
	}

	/** AWS took the CancelImageCreation: polling shows what comes of it. */
	public void imageCancelAccepted(Duration pause) {
		requireStep(StepId.GET_IMAGE);
		this.attempts = 0;
		this.failure = null;
		imageCancelAnswered(pause);
		disbelieveTheEndSeen();
	}

	/** AWS refused the CancelImageCreation: polling shows how the image stands. */
	public void imageCancelRefused(Failure refused, Duration pause) {
		requireStep(StepId.GET_IMAGE);
		callFailed(refused);
		imageCancelAnswered(pause);
	}

	/**
	 * What the retried run would have asked about its image is not asked: it was
	 * cancelled.
	 */
	public void imageRequestDropped() {
		requireStep(StepId.GET_IMAGE);
		this.imageRequest = null;
		this.cancelAnswered = true;
		this.next = new Next.After(Duration.ZERO);
	}

	/** The build was completed: RetryImage is next. */
	public void buildFoundCompleted() {
		requireStep(StepId.GET_IMAGE);
		this.buildFinished = true;
		this.imageRequest = ImageRequest.RETRY_IMAGE;
		this.attempts = 0;
		this.failure = null;
		this.next = new Next.After(Duration.ZERO);
	}

	/** AWS took the RetryImage: the image goes on. */
	public void imageRetried(Duration pause) {
		requireStep(StepId.GET_IMAGE);
		this.imageRequest = null;
		this.unansweredSince = null;
		this.attempts = 0;
		this.failure = null;
		disbelieveTheEndSeen();
		this.next = new Next.After(pause);
	}

	/**
	 * AWS refused the RetryImage after an attempt that may have been carried out: polling
	 * shows whether it was.
	 */
	public void imageRetryDoubtful(Failure refused, Duration pause) {
		requireStep(StepId.GET_IMAGE);
		callFailed(refused);
		this.imageRequest = null;
		this.unansweredSince = null;
		disbelieveTheEndSeen();
		waitFor(pause);
	}

	/** The image cannot be retried: another one is built, with a token of its own. */
	public void imageToBeRebuilt(String newCreateImageToken) {
		requireStep(StepId.GET_IMAGE);
		note(EventType.STEP_ENDED, detail("failedCalls", this.failedCalls));
		this.step = StepId.CREATE_IMAGE;
		this.createImageToken = newCreateImageToken;
		this.imageBuildVersionArn = null;
		this.image = null;
		this.imageRequest = null;
		this.buildFinished = false;
		this.unansweredSince = null;
		this.attempts = 0;
		this.failedCalls = 0;
		this.missingPolls = 0;
		this.failure = null;
		note(EventType.STEP_BEGUN, Map.of());
		this.next = new Next.After(Duration.ZERO);
	}

	/**
	 * The worker could not begin: any worker may take the run up again, which keeps its
	 * turn.
	 */
	public void handedBack() {
		requireRunning();
		this.next = new Next.AsPlanned();
	}

	/** The outcome was stored, and the claim with it: the run goes on in this worker. */
	public void renewed(int version, Instant claimedAt, @Nullable Instant cancelRequestedAt,
			@Nullable String cancelToken) {
		this.version = version;
		this.claimedAt = claimedAt;
		this.nextAttemptAt = claimedAt;
		this.cancelRequestedAt = cancelRequestedAt;
		this.cancelToken = cancelToken;
		this.newEvents.clear();
		this.waited = Duration.ZERO;
	}

	private void imageCancelAnswered(Duration pause) {
		this.cancelAnswered = true;
		this.next = new Next.After(pause);
	}

	private void disbelieveTheEndSeen() {
		String seen = lastImageStatus();
		if (this.claimedAt != null && ImageStatus.of(seen).map(ImageStatus::ends).isPresent()) {
			this.staleEnd = seen;
			this.staleEndUntil = this.claimedAt.plus(DISBELIEF);
		}
	}

	private boolean isBelieved(Image seen) {
		boolean stillTheSame = seen.status() != null && seen.status().equals(this.staleEnd) && this.claimedAt != null
				&& this.staleEndUntil != null && this.claimedAt.isBefore(this.staleEndUntil);
		if (!stillTheSame) {
			this.staleEnd = null;
			this.staleEndUntil = null;
		}
		return !stillTheSame;
	}

	private boolean createsSomething() {
		return this.step != StepId.GET_IMAGE || this.imageRequest == ImageRequest.RETRY_IMAGE;
	}

	private void stepEnded(StepId following, String output, String arn) {
		note(EventType.STEP_ENDED, detail(output, arn, "failedCalls", this.failedCalls));
		this.step = following;
		this.attempts = 0;
		this.failedCalls = 0;
		this.missingPolls = 0;
		this.unansweredSince = null;
		this.failure = null;
		note(EventType.STEP_BEGUN, Map.of());
		this.next = new Next.AtOnce();
	}

	private void callFailed(Failure failed, Certainty certainty) {
		callFailed(failed);
		if (failed.code() != null) {
			this.missingPolls = 0;
		}
		if (certainty == Certainty.UNKNOWN && createsSomething() && this.unansweredSince == null) {
			this.unansweredSince = this.claimedAt;
		}
	}

	private void callFailed(Failure failed) {
		requireRunning();
		this.attempts++;
		this.failure = failed;
		note(failed);
	}

	private void note(Failure failed) {
		this.failedCalls++;
		if (this.failedCalls <= FAILED_CALLS_KEPT) {
			note(EventType.CALL_FAILED, detail("operation", failed.operation(), "code", failed.code(), "message",
					failed.message(), "requestId", failed.requestId()));
		}
	}

	private void waitFor(Duration pause) {
		if (isOverdue()) {
			timedOut();
		}
		else {
			this.next = new Next.After(pause);
		}
	}

	private void ended(RunStatus end, @Nullable String finalStatus) {
		requireRunning();
		this.status = end;
		this.finalStatus = finalStatus;
		note(EventType.ENDED,
				detail("status", end.name(), "finalStatus", finalStatus, "failedCalls", this.failedCalls));
		this.next = new Next.Never();
	}

	private @Nullable String lastImageStatus() {
		return (this.image != null) ? this.image.status() : null;
	}

	private void note(EventType type, Map<String, Object> detail) {
		this.newEvents.add(new NewEvent(type, this.step, detail));
	}

	private void requireStep(StepId required) {
		requireRunning();
		if (this.step != required) {
			throw new IllegalStateException("Run %s is at %s, not at %s".formatted(this.id, this.step, required));
		}
	}

	private void requireRunning() {
		if (this.status != RunStatus.RUNNING) {
			throw new IllegalStateException("Run %s has ended: %s".formatted(this.id, this.status));
		}
	}

	private static Map<String, Object> detail(@Nullable Object... namesAndValues) {
		Map<String, Object> detail = new LinkedHashMap<>();
		for (int i = 0; i < namesAndValues.length; i += 2) {
			Object value = namesAndValues[i + 1];
			if (value != null) {
				detail.put(String.valueOf(namesAndValues[i]), value);
			}
		}
		return detail;
	}

	/** Whether the deadline had come when the worker began. */
	public boolean isOverdue() {
		return this.claimedAt != null && !this.claimedAt.plus(this.waited).isBefore(this.deadline);
	}

	/** A worker begins, so long after the run was claimed. */
	public void begun(Duration afterClaim) {
		this.waited = afterClaim;
	}

	public UUID id() {
		return this.id;
	}

	/** Drawn at insert; the order in which runs are listed. */
	public long number() {
		return this.number;
	}

	public RunStatus status() {
		return this.status;
	}

	/** The step where the run is, or where it ended. */
	public StepId step() {
		return this.step;
	}

	/** The Region of every call: the recipe's. */
	public String region() {
		return this.region;
	}

	/** The AWS account: the infrastructure configuration's. */
	public String account() {
		return this.account;
	}

	/**
	 * When the next call is planned; null while a worker has the run and once it has
	 * ended.
	 */
	public @Nullable Instant nextAttemptAt() {
		return (this.claimedAt != null) ? null : this.nextAttemptAt;
	}

	/** How long after it was due the worker has begun. */
	public Duration lateness() {
		Instant claimed = Objects.requireNonNull(this.claimedAt, "Only a worker is late");
		return Duration.between(dueAt(), claimed).plus(this.waited);
	}

	/** Since when a run that is claimed was due. */
	public Instant dueAt() {
		return Objects.requireNonNull(this.nextAttemptAt, "A run that has ended is never due");
	}

	/** Raised by every claim and every write of the engine. */
	public int version() {
		return this.version;
	}

	/** When a worker took the run, until it has reported; null while none has it. */
	public @Nullable Instant claimedAt() {
		return this.claimedAt;
	}

	/** Failed calls of the current step in a row. */
	public int attempts() {
		return this.attempts;
	}

	/** Failed calls of the current step in all. */
	public int failedCalls() {
		return this.failedCalls;
	}

	/** Polls in a row that found no image. */
	public int missingPolls() {
		return this.missingPolls;
	}

	/**
	 * Since when AWS may have carried out the current create without our knowing; null
	 * while every attempt had a definite answer.
	 */
	public @Nullable Instant unansweredSince() {
		return this.unansweredSince;
	}

	/**
	 * Whether the first attempt that stayed unanswered was that long before the claim.
	 */
	public boolean isUnansweredFor(Duration age) {
		return this.unansweredSince != null && this.claimedAt != null
				&& this.unansweredSince.plus(age).isBefore(this.claimedAt);
	}

	public Instant deadline() {
		return this.deadline;
	}

	public String createDistributionConfigurationToken() {
		return this.createDistributionConfigurationToken;
	}

	public String createImageToken() {
		return this.createImageToken;
	}

	public @Nullable String distributionConfigurationArn() {
		return this.distributionConfigurationArn;
	}

	public @Nullable String imageBuildVersionArn() {
		return this.imageBuildVersionArn;
	}

	/**
	 * AWS's word for how the image ended, or the last one seen by a run that timed out.
	 */
	public @Nullable String finalStatus() {
		return this.finalStatus;
	}

	/** The image as last seen. */
	public @Nullable Image image() {
		return this.image;
	}

	/**
	 * How long the image has been seen to show this status, up to the poll of now: not at
	 * all yet, if the last poll showed another.
	 */
	public Duration imageShownFor(@Nullable String status) {
		if (this.imageStatusSince == null || this.claimedAt == null || !Objects.equals(status, lastImageStatus())) {
			return Duration.ZERO;
		}
		Duration shown = Duration.between(this.imageStatusSince, this.claimedAt.plus(this.waited));
		return shown.isNegative() ? Duration.ZERO : shown;
	}

	/** The failure that ended the run, or the last one while it is being waited out. */
	public @Nullable Failure failure() {
		return this.failure;
	}

	/** When a caller asked for the run to be cancelled. */
	public @Nullable Instant cancelRequestedAt() {
		return this.cancelRequestedAt;
	}

	public @Nullable String cancelToken() {
		return this.cancelToken;
	}

	/** Whether AWS has answered the CancelImageCreation. */
	public boolean isCancelAnswered() {
		return this.cancelAnswered;
	}

	/** Whether the next call is a poll, and nothing that somebody waits for. */
	public boolean isOnlyToBePolled() {
		return this.step == StepId.GET_IMAGE && this.imageRequest == null && !isCancelDue();
	}

	/** Whether a cancel is asked for that nothing has come of yet. */
	public boolean isCancelDue() {
		return this.cancelRequestedAt != null && !this.cancelAnswered;
	}

	/** Whether a cancel is asked for and AWS has certainly built nothing. */
	public boolean isCancelledBeforeBuild() {
		return isCancelDue() && switch (this.step) {
			case CREATE_DISTRIBUTION_CONFIGURATION -> true;
			case CREATE_IMAGE -> this.unansweredSince == null;
			case GET_IMAGE -> false;
		};
	}

	/** What a retried run still asks about its image. */
	public @Nullable ImageRequest imageRequest() {
		return this.imageRequest;
	}

	public @Nullable String retryImageToken() {
		return this.retryImageToken;
	}

	/** Whether the image was seen in a status that comes after its build. */
	public boolean isBuildFinished() {
		return this.buildFinished;
	}

	public @Nullable String staleEnd() {
		return this.staleEnd;
	}

	public @Nullable Instant staleEndUntil() {
		return this.staleEndUntil;
	}

	/** What went before each retry. */
	public List<PastAttempt> retries() {
		return this.retries;
	}

	/** The number of the last event. */
	public long lastEvent() {
		return this.lastEvent;
	}

	public Instant createdAt() {
		return this.createdAt;
	}

	/** When the last event happened. */
	public Instant updatedAt() {
		return this.updatedAt;
	}

	public @Nullable Instant finishedAt() {
		return this.finishedAt;
	}

	/** Whether the worker that has the run goes on with it. */
	public boolean goesOnAtOnce() {
		return this.next instanceof Next.AtOnce;
	}

	/** When the run is to be taken up again, by the verb that was called last. */
	public Next next() {
		return this.next;
	}

	public List<NewEvent> newEvents() {
		return this.newEvents;
	}

}
