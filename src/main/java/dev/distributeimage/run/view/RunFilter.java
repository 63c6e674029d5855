package dev.distributeimage.run.view;

import dev.distributeimage.run.Term;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import dev.distributeimage.run.RunStatus;

/**
 * Which runs are looked for: those that fit all of it.
 *
 * @param statuses one of these, or any if there are none
 * @param facets all of these
 * @param createdAfter then or later
 * @param createdBefore earlier than then
 */
public record RunFilter(Set<RunStatus> statuses, List<Term> facets, @Nullable Instant createdAfter,
		@Nullable Instant createdBefore) {
}
