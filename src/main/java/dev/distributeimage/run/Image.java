package dev.distributeimage.run;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * An image as GetImage showed it.
 *
 * @param status AWS's own word, kept as it came, or null if there was none
 * @param reason why the image has this status, in AWS's words
 */
public record Image(@Nullable String status, @Nullable String reason, List<Ami> amis, List<Container> containers) {

	/** Whether its status means something here. */
	public boolean hasKnownStatus() {
		return ImageStatus.of(this.status).isPresent();
	}

}
