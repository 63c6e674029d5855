package dev.distributeimage.imagebuilder;

import java.util.regex.Pattern;

/** Forms of the ARNs in Image Builder's responses. */
enum ArnForm {

	/** A distribution configuration: {@code distribution-configuration/name}. */
	DISTRIBUTION_CONFIGURATION("(?:[0-9]{12}|aws):distribution-configuration/[a-z0-9-_]{1,1900}+"),

	/** A build of an image: {@code image/name/1.0.0/1}. */
	IMAGE_BUILD_VERSION("(?:[0-9]{12}|aws(?:-[a-z-]{1,64}+)?):image/[a-z0-9-_]{1,1900}+"
			+ "/[0-9]{1,32}+\\.[0-9]{1,32}+\\.[0-9]{1,32}+/[0-9]{1,32}+");

	private final Pattern pattern;

	ArnForm(String accountAndResource) {
		this.pattern = Pattern.compile("arn:aws[^:]{0,32}+:imagebuilder:[^:]{1,64}+:" + accountAndResource);
	}

	boolean fits(String arn) {
		return this.pattern.matcher(arn).matches();
	}

}
