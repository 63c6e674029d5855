package dev.distributeimage.run;

/**
 * Something that a caller should know about a request although it was accepted.
 *
 * @param pointer the JSON Pointer (RFC 6901) to the part of the request
 */
public record Warning(String pointer, String detail) {

	/** More bytes than any warning takes as shown. */
	public static final int WEIGHT = 400;

}
