package dev.distributeimage.simulator;

import java.util.regex.Pattern;

/** Names of AMIs with their placeholders. */
final class AmiNames {

	private static final Pattern BUILD_DATE = placeholder("buildDate");

	private static final Pattern BUILD_VERSION = placeholder("buildVersion");

	/** The characters that EC2 takes. */
	private static final Pattern REST = Pattern.compile("[A-Za-z0-9()\\[\\]./'@_ -]*");

	private AmiNames() {
	}

	private static Pattern placeholder(String name) {
		return Pattern.compile("\\{\\{ *imagebuilder:" + name + " *}}");
	}

	/** Refuses a name without a date, or that EC2 would refuse once it is filled in. */
	static void check(String parameter, String name) {
		if (!BUILD_DATE.matcher(name).find()) {
			throw ApiException.invalidParameterValue(parameter, "It must contain '{{ imagebuilder:buildDate }}'.");
		}
		if (!REST.matcher(filled(name, "", "")).matches()) {
			throw ApiException.invalidParameterValue(parameter,
					"Beside the placeholders imagebuilder:buildDate and imagebuilder:buildVersion it may contain only "
							+ "letters, digits, spaces and ()[]./-'@_.");
		}
	}

	/** The name of a build's AMI. */
	static String filled(String name, Build build) {
		return filled(name, Dates.buildDate(build.created()), build.version());
	}

	private static String filled(String name, String date, String version) {
		return BUILD_VERSION.matcher(BUILD_DATE.matcher(name).replaceAll(date)).replaceAll(version);
	}

}
