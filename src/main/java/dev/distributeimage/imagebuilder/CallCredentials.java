package dev.distributeimage.imagebuilder;

import dev.distributeimage.aws.Accounts;
import dev.distributeimage.aws.Place;
import dev.distributeimage.imagebuilder.AccountRoles.AccountRole;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * The credentials of each call: a session of the account's role if the settings name one,
 * and the default credentials otherwise.
 */
class CallCredentials {

	private final AwsCredentialsProvider own;

	private final Accounts accounts;

	private final AccountRoles roles;

	private final RoleSessions sessions;

	/**
	 * Creates it.
	 * @param own the default credentials
	 * @param accounts which accounts these are not of
	 */
	CallCredentials(AwsCredentialsProvider own, Accounts accounts, AccountRoles roles, RoleSessions sessions) {
		this.own = own;
		this.accounts = accounts;
		this.roles = roles;
		this.sessions = sessions;
	}

	/**
	 * Returns the credentials of a call.
	 * @throws ImageBuilderException if there are none, so that nothing can be sent
	 */
	AwsCredentials of(String operation, Session session) {
		Place place = session.place();
		AwsCredentials own = requireOwn(operation);
		AccountRole role = this.roles.of(place.account());
		if (role == null) {
			requireAccount(operation, place);
			return own;
		}
		try {
			return this.sessions.of(session, role, own);
		}
		catch (NoSessionException ex) {
			throw new ImageBuilderException(operation, ex.call(), ex);
		}
	}

	/** Notes that AWS has refused a call with this code. */
	void refused(Session session, AwsCredentials credentials, @Nullable String code) {
		if (code != null && ErrorCodes.isAboutCredentials(code)) {
			this.sessions.drop(session, credentials);
		}
	}

	// Credentials are resolved before the call, because the SDK distinguishes a request
	// that was never sent from an interrupted one only by its message. The provider chain
	// caches them.
	private AwsCredentials requireOwn(String operation) {
		try {
			return this.own.resolveCredentials();
		}
		catch (RuntimeException ex) {
			throw new ImageBuilderException(operation, FailedCall.withoutCredentials(String.valueOf(ex.getMessage())),
					ex);
		}
	}

	// AWS creates in the account of the credentials, whatever the ARNs of a request say.
	// The credentials may be replaced by the right ones, so the run waits.
	private void requireAccount(String operation, Place place) {
		if (this.accounts.lackCredentialsFor(place)) {
			throw new ImageBuilderException(operation, FailedCall.ofAnotherAccount(place.account()), null);
		}
	}

}
