package dev.distributeimage.run;

/** What a failed call tells of whether AWS carried it out. */
public enum Certainty {

	/** AWS answered, or nothing was sent: it was not carried out. */
	NOT_CARRIED_OUT,

	/** No answer that can be relied on: AWS may have carried it out. */
	UNKNOWN

}
