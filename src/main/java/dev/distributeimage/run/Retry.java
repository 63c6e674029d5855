package dev.distributeimage.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The retries of a run.
 *
 * @param nextCall the call that the last retry still has to make, or null
 * @param token the client token of the RetryImage, or null
 * @param past the attempt before each retry
 */
public record Retry(@Nullable RetryCall nextCall, @Nullable String token, List<PastAttempt> past) {

	/** The run was never retried. */
	public static final Retry NONE = new Retry(null, null, List.of());

	Retry withNextCall(@Nullable RetryCall next) {
		return new Retry(next, this.token, this.past);
	}

	Retry withAttempt(PastAttempt attempt, @Nullable RetryCall next, @Nullable String newToken) {
		List<PastAttempt> all = new ArrayList<>(this.past);
		all.add(attempt);
		return new Retry(next, newToken, List.copyOf(all));
	}

	/** The images of earlier attempts, each of which was created with its own token. */
	public Set<String> earlierImages() {
		return this.past.stream()
			.flatMap((attempt) -> Stream.ofNullable(attempt.outputs().imageBuildVersionArn()))
			.collect(Collectors.toSet());
	}

}
