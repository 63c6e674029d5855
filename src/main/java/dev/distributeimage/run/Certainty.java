package dev.distributeimage.run;

/** Certainty that a failed call had no effect in AWS. */
public enum Certainty {

	/** AWS answered with an error, or nothing was sent: the call had no effect. */
	NOT_CARRIED_OUT,

	/** No reliable answer arrived: AWS may have carried the call out. */
	UNKNOWN

}
