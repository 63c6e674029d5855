package dev.distributeimage.aws;

/**
 * Where calls go: an account in a Region. AWS counts calls, quotas and names per place.
 *
 * @param account the account's id, 12 digits
 * @param region the Region's name, such as {@code eu-west-1}
 */
public record Place(String account, String region) {
}
