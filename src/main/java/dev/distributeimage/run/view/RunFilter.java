package dev.distributeimage.run.view;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.distributeimage.run.RunStatus;
import org.jspecify.annotations.Nullable;

/**
 * Selects the runs that meet all of its conditions.
 *
 * @param statuses the statuses of which a run must have one; none for any
 * @param criteria further conditions, all of which a run must meet
 * @param createdAfter the earliest time of creation
 * @param createdBefore the time before which a run must have been created
 */
public record RunFilter(Set<RunStatus> statuses, List<Criterion> criteria, @Nullable Instant createdAfter,
		@Nullable Instant createdBefore) {

	/** Selects every run. */
	public static final RunFilter ALL = new RunFilter(Set.of(), List.of(), null, null);

	/** The runs of this filter that belong to an owner. */
	public RunFilter ofOwner(String owner) {
		List<Criterion> more = new ArrayList<>(this.criteria);
		more.add(new Criterion(Field.OWNER, owner));
		return new RunFilter(this.statuses, List.copyOf(more), this.createdAfter, this.createdBefore);
	}

	/** Whether a run must meet a condition on this field. */
	public boolean has(Field field) {
		return this.criteria.stream().anyMatch((criterion) -> criterion.field() == field);
	}

	/** The value that this field must have, unless any will do. */
	Optional<String> value(Field field) {
		return this.criteria.stream()
			.filter((criterion) -> criterion.field() == field)
			.map(Criterion::value)
			.findFirst();
	}

	/** A property of runs that can be searched for. */
	public enum Field {

		/** The current step, or the one at which the run ended. */
		STEP,

		/** AWS's word for the image, as last seen. */
		IMAGE_STATUS,

		/** The name of the distribution configuration. */
		DISTRIBUTION_NAME,

		/** The beginning of that name. */
		DISTRIBUTION_NAME_PREFIX,

		/** The ARN of the recipe, with a version, or without one for all. */
		IMAGE_RECIPE_ARN,

		/** The ARN of the container recipe, with a version, or without one for all. */
		CONTAINER_RECIPE_ARN,

		/** The ARN of the image that the run builds. */
		IMAGE_BUILD_VERSION_ARN,

		/** The id of an AMI that the run has made. */
		IMAGE,

		/** A Region of the distributions. */
		REGION,

		/** The idempotency key. */
		CLIENT_TOKEN,

		/** The caller who started the run. */
		CREATED_BY,

		/** To whom the run belongs. */
		OWNER,

		/** The key of a label, or key and value with a colon between them. */
		LABEL,

		/** AWS's code of the failure that ended the run or that it waits out. */
		FAILURE_CODE

	}

	/** A value that a field must have. */
	public record Criterion(Field field, String value) {
	}

}
