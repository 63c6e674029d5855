package dev.distributeimage.aws;

import java.util.Locale;

/**
 * An Amazon Resource Name, {@code arn:partition:service:region:account:resource}.
 */
public record Arn(String partition, String service, String region, String account, String resource) {

	/**
	 * Parses an ARN.
	 * @throws IllegalArgumentException if it does not have six parts
	 */
	public static Arn parse(String arn) {
		String[] parts = arn.split(":", 6);
		if (parts.length < 6 || !parts[0].equals("arn")) {
			throw new IllegalArgumentException("Not an ARN: " + arn);
		}
		return new Arn(parts[1], parts[2], parts[3], parts[4], parts[5]);
	}

	/** The part after the last slash: the version of a recipe. */
	public String version() {
		return this.resource.substring(this.resource.lastIndexOf('/') + 1);
	}

	/**
	 * Returns the ARN that Image Builder gives to a distribution configuration of this
	 * name in the same account and Region: in lower case, with hyphens for spaces and
	 * underscores. Names are unique per account and Region in that form.
	 */
	public Arn distributionConfiguration(String name) {
		return new Arn(this.partition, this.service, this.region, this.account,
				"distribution-configuration/" + normalizedName(name));
	}

	/** The form in which Image Builder compares names. */
	public static String normalizedName(String name) {
		return name.toLowerCase(Locale.ROOT).replace(' ', '-').replace('_', '-');
	}

	/** The same resource whatever its version: all before the last slash. */
	public static String withoutVersion(String arn) {
		return arn.substring(0, arn.lastIndexOf('/'));
	}

	@Override
	public String toString() {
		return String.join(":", "arn", this.partition, this.service, this.region, this.account, this.resource);
	}

}
