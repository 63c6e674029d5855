package dev.distributeimage.api;

import java.time.Instant;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.distributeimage.run.LeftoverKind;
import dev.distributeimage.run.LeftoverReason;
import dev.distributeimage.run.RemovalFailure;
import dev.distributeimage.run.view.Leftover;
import dev.distributeimage.run.view.Leftover.Removal;
import org.jspecify.annotations.Nullable;

/**
 * A leftover as callers see it.
 *
 * @param command the command that deregisters an AMI, for people with the rights in AWS;
 * null for a leftover that the service removes
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record LeftoverView(UUID id, LeftoverKind kind, String resource, String region, String accountId, UUID run,
		LeftoverReason reason, Instant since, @Nullable String command, @Nullable Removal removal,
		@Nullable RemovalFailure failure, @Nullable Instant removedAt) {

	static LeftoverView of(Leftover leftover) {
		return new LeftoverView(leftover.id(), leftover.kind(), leftover.resource(), leftover.place().region(),
				leftover.place().account(), leftover.run(), leftover.reason(), leftover.since(), command(leftover),
				leftover.removal(), leftover.failure(), leftover.removedAt());
	}

	/** The command that deregisters an AMI; null for other kinds. */
	static @Nullable String command(Leftover leftover) {
		return (leftover.kind() == LeftoverKind.AMI) ? "aws ec2 deregister-image --region %s --image-id %s"
			.formatted(shellWord(leftover.place().region()), shellWord(leftover.resource())) : null;
	}

	// AWS sends any text, and somebody will paste this into a shell.
	private static String shellWord(String text) {
		boolean plain = text.chars().allMatch((c) -> c == '-' || (c < 128 && Character.isLetterOrDigit(c)));
		return plain ? text : "'" + text.replace("'", "'\\''") + "'";
	}

}
