package dev.distributeimage.run;

import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An image as GetImage returned it.
 *
 * @param status AWS's status, stored verbatim, or null if the response had none
 * @param reason AWS's explanation of the status
 * @param failureContext AWS's account of what failed and where, as it came, or null if
 * the response had none
 */
public record Image(@Nullable String status, @Nullable String reason, @Nullable JsonNode failureContext, List<Ami> amis,
		List<Container> containers) {

	/** Creates an image of which AWS says no more than this. */
	public static Image of(@Nullable String status, @Nullable String reason) {
		return new Image(status, reason, null, List.of(), List.of());
	}

	/**
	 * Returns the image as stored, or null if none was seen. An empty list may be stored
	 * as null.
	 */
	public static @Nullable Image ofStored(@Nullable String status, @Nullable String reason,
			@Nullable JsonNode failureContext, @Nullable List<Ami> amis, @Nullable List<Container> containers) {
		if (status == null && reason == null && failureContext == null && amis == null && containers == null) {
			return null;
		}
		return new Image(status, reason, failureContext, Objects.requireNonNullElse(amis, List.of()),
				Objects.requireNonNullElse(containers, List.of()));
	}

	/** Whether this service knows the status. */
	public boolean hasKnownStatus() {
		return ImageStatus.of(this.status).isPresent();
	}

	/**
	 * The AMIs, or null if there are none and the status alone shows that an image was
	 * seen.
	 */
	public @Nullable List<Ami> amisToStore() {
		return (this.amis.isEmpty() && this.status != null) ? null : this.amis;
	}

	/** The containers, or null if there are none. */
	public @Nullable List<Container> containersToStore() {
		return this.containers.isEmpty() ? null : this.containers;
	}

}
