package dev.distributeimage.workflow;

import java.util.EnumSet;
import java.util.Set;

import dev.distributeimage.simulator.Fault;
import dev.distributeimage.simulator.Operation;
import dev.distributeimage.workflow.Observation.Kind;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** Troubles that can befall a call, and what its caller may conclude from each. */
@NullUnmarked
@SuppressWarnings("ImmutableEnumChecker")
enum Trouble {

	THROTTLED(Fault.error(429, "CallRateLimitExceededException"), Kind.LATER, "CallRateLimitExceededException"),

	THROTTLED_AS_400(Fault.error(400, "ThrottlingException"), Kind.LATER, "ThrottlingException"),

	BUSY(Fault.error(503, "ServiceUnavailableException"), Kind.UNSURE, "ServiceUnavailableException"),

	BROKEN(Fault.error(500, "ServiceException").afterCommit(), Kind.UNSURE, "ServiceException"),

	ABORTED(Fault.error(400, "RequestAbortedException").afterCommit(), Kind.UNSURE, "RequestAbortedException"),

	RESET(Fault.reset(), Kind.UNSURE, null),

	RESET_AFTERWARDS(Fault.reset().afterCommit(), Kind.UNSURE, null),

	TRUNCATED(Fault.truncated(), Kind.UNSURE, null),

	EMPTY(Fault.empty(), Kind.UNSURE, null),

	/** A proxy's error page, instead of the call. */
	PROXY_PAGE(Fault.html(403), Kind.LATER, null),

	EXPIRED(Fault.error(403, "ExpiredTokenException"), Kind.SLOWLY, "ExpiredTokenException"),

	QUOTA(Fault.error(402, "ServiceQuotaExceededException"), Kind.SLOWLY, "ServiceQuotaExceededException"),

	/** A run must not lose its image because a permission is missing. */
	DENIED(Fault.error(403, "AccessDeniedException"), Kind.NEVER, "AccessDeniedException"),

	MISMATCH(Fault.error(400, "IdempotentParameterMismatchException"), Kind.NEVER,
			"IdempotentParameterMismatchException", Operation.CREATE_DISTRIBUTION_CONFIGURATION, Operation.CREATE_IMAGE,
			Operation.DISTRIBUTE_IMAGE),

	/** An image of another Region. */
	FOREIGN_ARN(Fault.with("imageBuildVersionArn", "arn:aws:imagebuilder:us-east-1:123456789012:image/web/1.0.0/9"),
			Kind.UNSURE, null, Operation.CREATE_IMAGE, Operation.DISTRIBUTE_IMAGE, Operation.CANCEL_IMAGE_CREATION,
			Operation.RETRY_IMAGE),

	MISSING(Fault.error(404, "ResourceNotFoundException"), Kind.NEVER, "ResourceNotFoundException",
			Operation.GET_IMAGE),

	UNKNOWN_STATUS(Fault.with("image.state.status", "DREAMING"), Kind.DONE, null, Operation.GET_IMAGE),

	/** The request takes longer than the caller waits, and may still arrive. */
	STUCK(null, Kind.UNSURE, null);

	private final @Nullable Fault fault;

	private final Kind kind;

	private final @Nullable String code;

	private final Set<Operation> operations;

	Trouble(@Nullable Fault fault, Kind kind, @Nullable String code, Operation... operations) {
		this.fault = fault;
		this.kind = kind;
		this.code = code;
		this.operations = EnumSet.allOf(Operation.class);
		if (operations.length > 0) {
			this.operations.retainAll(Set.of(operations));
		}
	}

	/** The simulator's fault for it; null for requests that never arrive. */
	@Nullable Fault fault() {
		return this.fault;
	}

	/** Whether it damages the body of an answer but not its headers. */
	boolean isDamage() {
		return this == TRUNCATED || this == EMPTY || this == FOREIGN_ARN || this == UNKNOWN_STATUS;
	}

	boolean befalls(Operation operation) {
		return this.operations.contains(operation);
	}

	Observation observation(String operation) {
		boolean lookedAway = this == DENIED && operation.equals("GetImage");
		return new Observation(lookedAway ? Kind.SLOWLY : this.kind, this.code);
	}

}
