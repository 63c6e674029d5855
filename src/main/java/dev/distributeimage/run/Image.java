package dev.distributeimage.run;

import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * An image as GetImage showed it.
 *
 * @param status AWS's own word, kept as it came, or null if there was none
 * @param reason why the image has this status, in AWS's words
 */
public record Image(@Nullable String status, @Nullable String reason, List<Ami> amis, List<Container> containers) {

	// The database holds null where a list is empty.
	public Image {
		amis = Objects.requireNonNullElse(amis, List.of());
		containers = Objects.requireNonNullElse(containers, List.of());
	}

	/** Whether its status means something here. */
	public boolean hasKnownStatus() {
		return ImageStatus.of(this.status).isPresent();
	}

	/** The AMIs, or null where the row needs none to show that an image was seen. */
	public @Nullable List<Ami> amisToStore() {
		return (this.amis.isEmpty() && this.status != null) ? null : this.amis;
	}

	/** The containers, or null if there are none. */
	public @Nullable List<Container> containersToStore() {
		return this.containers.isEmpty() ? null : this.containers;
	}

}
