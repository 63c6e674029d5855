package dev.distributeimage.imagebuilder;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings for the accounts that are entered by a role.
 *
 * @param accounts the roles, by the accounts' 12 digits
 */
@ConfigurationProperties("distribute-image")
record AccountSettings(@DefaultValue Map<String, RoleSettings> accounts) {

	/**
	 * Settings for the role of an account. Both are required.
	 *
	 * @param roleArn the ARN of the role, which belongs to the account
	 * @param externalId the external id that the role's trust policy asks for, another
	 * one for each account
	 */
	record RoleSettings(@Nullable String roleArn, @Nullable String externalId) {
	}

}
