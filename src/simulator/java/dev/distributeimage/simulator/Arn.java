package dev.distributeimage.simulator;

import java.util.Map;
import java.util.Optional;

/**
 * An Image Builder ARN, split into its parts; {@code resource} is everything after the
 * account.
 */
record Arn(String partition, String region, String account, String resource) {

	/** Partitions by the prefix of their Region names. */
	private static final Map<String, String> PARTITIONS = Map.of("cn-", "aws-cn", "us-gov-", "aws-us-gov", "us-iso-",
			"aws-iso", "us-isob-", "aws-iso-b", "eu-isoe-", "aws-iso-e", "us-isof-", "aws-iso-f", "eu-isof-",
			"aws-iso-f", "eusc-", "aws-eusc");

	static Arn parse(String text) {
		String[] parts = text.split(":", 6);
		return new Arn(parts[1], parts[3], parts[4], parts[5]);
	}

	/** The ARN of Image Builder that the text is, if it is one. */
	static Optional<Arn> find(String text) {
		String[] parts = text.split(":", 6);
		boolean found = parts.length == 6 && parts[0].equals("arn") && parts[2].equals("imagebuilder");
		return found ? Optional.of(parse(text)) : Optional.empty();
	}

	static Arn of(String region, String account, String resource) {
		return new Arn(partitionOf(region), region, account, resource);
	}

	static String partitionOf(String region) {
		return PARTITIONS.entrySet()
			.stream()
			.filter((partition) -> region.startsWith(partition.getKey()))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse("aws");
	}

	/** The part of the resource between the first and the second slash. */
	String name() {
		return part(1);
	}

	/**
	 * {@code major.minor.patch}, each a number or {@code x}; empty if the resource has no
	 * version.
	 */
	String version() {
		return part(2);
	}

	boolean hasVersion() {
		return !version().isEmpty();
	}

	boolean hasBuild() {
		return !part(3).isEmpty();
	}

	/** The build number; 0 if there is none. */
	int build() {
		return hasBuild() ? Integer.parseInt(part(3)) : 0;
	}

	/** The type and the name. */
	String base() {
		return part(0) + "/" + name();
	}

	/** The ARN without the build number. */
	Arn withoutBuild() {
		return withResource(base() + "/" + version());
	}

	Arn withResource(String other) {
		return new Arn(this.partition, this.region, this.account, other);
	}

	private String part(int index) {
		String[] parts = this.resource.split("/", -1);
		return (index < parts.length) ? parts[index] : "";
	}

	@Override
	public String toString() {
		return String.join(":", "arn", this.partition, "imagebuilder", this.region, this.account, this.resource);
	}

}
