package dev.distributeimage.run;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * The client tokens of the two creates: their idempotency keys, stored before the first
 * call and sent with every repeat.
 *
 * @param lostSince since when AWS may have carried out calls with these tokens, or with
 * those that follow them, that a restore from a backup has lost; null for nearly all runs
 */
public record Tokens(String createDistributionConfiguration, String createImage, @Nullable Instant lostSince) {

	Tokens withNewCreateDistributionConfiguration() {
		return new Tokens(ClientTokens.after(this.createDistributionConfiguration), this.createImage, this.lostSince);
	}

	Tokens withNewCreateImage() {
		return new Tokens(this.createDistributionConfiguration, ClientTokens.after(this.createImage), this.lostSince);
	}

}
