package dev.distributeimage.aws;

/**
 * An account in a Region: the scope of AWS's rate limits, quotas and names.
 *
 * @param account the account's id, 12 digits
 * @param region the Region's name, such as {@code eu-west-1}
 */
public record Place(String account, String region) {

	/** The place of a resource. */
	public static Place of(String arn) {
		Arn parsed = Arn.parse(arn);
		return new Place(parsed.account(), parsed.region());
	}

}
