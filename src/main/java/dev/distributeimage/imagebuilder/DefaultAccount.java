package dev.distributeimage.imagebuilder;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import dev.distributeimage.aws.Accounts;
import dev.distributeimage.aws.Place;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The account of the default credentials, asked for by GetCallerIdentity in a thread of
 * its own: at the start, when the access key changes, and until it is known, with
 * exponential backoff. Neither the start nor a request waits for it.
 */
@SuppressWarnings("FutureReturnValueIgnored")
class DefaultAccount implements Accounts {

	/** The pause between two looks at the access key, which the SDK caches. */
	private static final Duration LOOK_EVERY = Duration.ofSeconds(5);

	private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

	private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

	/** The Region of STS if neither the environment nor a run names one. */
	private static final String DEFAULT_REGION = "us-east-1";

	private static final Logger logger = LoggerFactory.getLogger(DefaultAccount.class);

	private final Function<String, StsClient> clients;

	private final AwsCredentialsProvider credentials;

	private final AwsRegionProvider configuredRegion;

	private final ScheduledExecutorService executor;

	/** The account of the current access key; null while it is not known. */
	private volatile @Nullable String known;

	/** The Region of the latest run, which is in the partition of the credentials. */
	private volatile @Nullable String runRegion;

	private @Nullable String accessKey;

	private boolean warned;

	private Duration pause = FIRST_PAUSE;

	DefaultAccount(Function<String, StsClient> clients, AwsCredentialsProvider credentials,
			AwsRegionProvider configuredRegion, ScheduledExecutorService executor) {
		this.clients = clients;
		this.credentials = credentials;
		this.configuredRegion = configuredRegion;
		this.executor = executor;
	}

	void start() {
		this.executor.execute(this::look);
	}

	@Override
	public boolean lackCredentialsFor(Place place) {
		String account = this.known;
		if (account == null) {
			this.runRegion = place.region();
			return false;
		}
		return !account.equals(place.account());
	}

	private void look() {
		Duration next;
		try {
			requireKnown();
			this.pause = FIRST_PAUSE;
			next = LOOK_EVERY;
		}
		// Every failure is caught: one that is not would end the looks.
		catch (Throwable ex) {
			next = this.pause;
			this.pause = Collections.min(List.of(this.pause.multipliedBy(2), LONGEST_PAUSE));
			unknown(ex);
		}
		if (!this.executor.isShutdown()) {
			this.executor.schedule(this::look, next.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	private void requireKnown() {
		String key = this.credentials.resolveCredentials().accessKeyId();
		if (this.known != null && key.equals(this.accessKey)) {
			return;
		}
		// Until the new key's account is known, the old one's says nothing.
		this.known = null;
		this.accessKey = key;
		String account = this.clients.apply(region()).getCallerIdentity().account();
		if (account == null || !account.matches("[0-9]{12}")) {
			throw new IllegalStateException("The answer of GetCallerIdentity has no account");
		}
		this.known = account;
		this.warned = false;
		logger.info("The AWS credentials are of the account {}", account);
	}

	// The global endpoint knows only the partition aws, so STS is asked in a Region.
	private String region() {
		String ofARun = this.runRegion;
		try {
			return this.configuredRegion.getRegion().id();
		}
		catch (RuntimeException ex) {
			return (ofARun != null) ? ofARun : DEFAULT_REGION;
		}
	}

	private void unknown(Throwable ex) {
		if (!this.warned && !this.executor.isShutdown()) {
			logger.warn("The account of the AWS credentials is not known, so runs of every account are accepted: {}",
					AwsText.clean(String.valueOf(ex.getMessage())));
		}
		this.warned = true;
	}

}
