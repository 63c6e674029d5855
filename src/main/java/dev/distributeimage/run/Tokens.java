package dev.distributeimage.run;

/**
 * The client tokens of the two creates: their idempotency keys, stored before the first
 * call and sent with every repeat.
 */
public record Tokens(String createDistributionConfiguration, String createImage) {

	Tokens withNewCreateDistributionConfiguration() {
		return new Tokens(ClientTokens.next(), this.createImage);
	}

	Tokens withNewCreateImage() {
		return new Tokens(this.createDistributionConfiguration, ClientTokens.next());
	}

}
