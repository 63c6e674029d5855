package dev.distributeimage.imagebuilder;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import dev.distributeimage.aws.Arn;
import dev.distributeimage.imagebuilder.AccountSettings.RoleSettings;
import dev.distributeimage.startup.RefusedStartException;
import org.jspecify.annotations.Nullable;

/**
 * The roles that are assumed, one for each account that the settings name. Only the
 * operator names them: a caller names an account, by the ARNs of a request.
 */
final class AccountRoles {

	private static final String PREFIX = "distribute-image.accounts";

	private static final Pattern ROLE_ARN = Pattern
		.compile("arn:aws[a-z0-9-]{0,32}+:iam::[0-9]{12}:role/[\\w+=,.@/-]{1,576}");

	private static final Pattern EXTERNAL_ID = Pattern.compile("[\\w+=,.@:/-]{2,1224}");

	/**
	 * A role of an account.
	 *
	 * @param externalId the proof that this service acts for its own operator: AWS's
	 * answer to the confused deputy
	 */
	record AccountRole(Arn arn, String externalId) {

		String account() {
			return this.arn.account();
		}

	}

	private final Map<String, AccountRole> roles = new TreeMap<>();

	/**
	 * Reads the settings.
	 * @throws RefusedStartException if an account, a role or an external id cannot be
	 * meant
	 */
	AccountRoles(Map<String, RoleSettings> settings) {
		settings.forEach((account, role) -> this.roles.put(account, role(account, role)));
		long externalIds = this.roles.values().stream().map(AccountRole::externalId).distinct().count();
		require(externalIds == this.roles.size(), "Two accounts of %s have the same external-id: give each its own.",
				PREFIX);
	}

	private static AccountRole role(String account, RoleSettings settings) {
		require(account.matches("[0-9]{12}"), "%s.%s is no account: set its 12 digits, in a file in quotes.", PREFIX,
				account);
		String arn = settings.roleArn();
		if (arn == null || !ROLE_ARN.matcher(arn).matches()) {
			throw refused("%s.%s.role-arn must be set to the ARN of a role.", PREFIX, account);
		}
		Arn role = Arn.parse(arn);
		require(role.account().equals(account), "%s.%s.role-arn must be set to a role of that account, not of %s.",
				PREFIX, account, role.account());
		String externalId = settings.externalId();
		if (externalId == null || !EXTERNAL_ID.matcher(externalId).matches()) {
			throw refused("%s.%s.external-id must be set to the external id that the role's trust policy asks for: "
					+ "2 to 1224 letters, digits and _+=,.@:/-.", PREFIX, account);
		}
		return new AccountRole(role, externalId);
	}

	private static void require(boolean condition, String sentence, String... values) {
		if (!condition) {
			throw refused(sentence, values);
		}
	}

	private static RefusedStartException refused(String sentence, String... values) {
		return new RefusedStartException(sentence.formatted((Object[]) values));
	}

	/** Returns the role of the account, or null if the settings do not name it. */
	@Nullable AccountRole of(String account) {
		return this.roles.get(account);
	}

}
